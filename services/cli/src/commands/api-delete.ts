import { createInterface } from "node:readline/promises";
import { ContrailError } from "@contrail/errors";
import { nameText, storedName } from "../api/object-name.ts";
import { carryOut, planRemoval } from "../api/removal.ts";
import { checkType, uuidOf } from "./api-objects.ts";
import { configurationApi } from "./connection.ts";

/** Options of `api delete`, as commander gives them. */
export interface DeleteOptions {
  readonly recursive: boolean;
  readonly yes: boolean;
}

const FIRST = "delete those first, or take their references away";
/** Why the API lets an object stay, by the beginning of its words. */
const CAUSES = [
  {
    words: "Delete when children still present",
    explained: (names: string) => `below it are ${names}; --recursive deletes them too, unless others refer to them`,
  },
  {
    words: "Delete when resource still referred",
    explained: (names: string) => `it is referred to by ${names}; ${FIRST}`,
  },
] as const;
/** Objects that a refusal names. */
const SHOWN = 10;

/** `contrail api delete TYPE NAME|UUID`: with all below it where asked for; a person is asked first. */
export async function apiDelete(type: string, name: string, { recursive, yes }: DeleteOptions): Promise<number> {
  const uuid = await uuidOf(checkType(type), name);
  if (recursive) return deleteTree(type, uuid, yes);
  if (!yes && process.stdin.isTTY && !(await isAgreed(`Delete ${type} ${name}?`))) return refused();
  await configurationApi()
    .remove<string>(type, uuid)
    .catch(async (reason: unknown) => {
      throw await namedRefusal(ContrailError.from(reason));
    });
  process.stdout.write(`deleted   ${type} ${name}\n`);
  return 0;
}

/** A refusal of the API by the names of those that stand in the way: it has their addresses. Any other one as it is. */
async function namedRefusal(refusal: ContrailError): Promise<ContrailError> {
  const cause = CAUSES.find(({ words }) => refusal.message.startsWith(words));
  if (cause === undefined) return refusal;
  const users = [...refusal.message.matchAll(/\/([a-z0-9-]+)\/([0-9a-f-]{36})\b/g)];
  const shown = await namesOf(users.slice(0, SHOWN).map(([, type = "", uuid = ""]) => ({ type, uuid })));
  const more = users.length > SHOWN ? ` and ${users.length - SHOWN} more` : "";
  const text = `nothing was deleted: ${cause.explained(`${shown.join(", ")}${more}`)}`;
  return users.length === 0 ? refusal : new ContrailError(refusal.code, text, { cause: refusal });
}

/** Objects as people name them; one that cannot be read, by its uuid. */
function namesOf(objects: readonly { readonly type: string; readonly uuid: string }[]): Promise<readonly string[]> {
  const vnc = configurationApi();
  return Promise.all(
    objects.map(({ type, uuid }) =>
      vnc.read<string>(type, uuid).then(
        (object) => nameText(storedName(type, object)),
        () => `${type} ${uuid}`,
      ),
    ),
  );
}

async function deleteTree(type: string, uuid: string, yes: boolean): Promise<number> {
  const vnc = configurationApi();
  const removal = await planRemoval(vnc, type, uuid);
  if (removal.steps.length === 0) throw new ContrailError("api.conflict", `${type} ${uuid} is made by the system`);
  for (const { item } of removal.steps) process.stderr.write(`${nameText(item)}\n`);
  if (removal.obstacles.length > 0) {
    for (const text of removal.obstacles) process.stderr.write(`contrail: ${text}\n`);
    throw new ContrailError("api.conflict", `nothing was deleted: ${FIRST}`);
  }
  if (!yes && !process.stdin.isTTY) {
    throw new ContrailError("api.bad_request", "nothing was deleted: --yes is wanted where nobody can be asked");
  }
  const { length } = removal.steps;
  if (!yes && !(await isAgreed(`Delete ${length === 1 ? "this object" : `these ${length} objects`}?`)))
    return refused();
  let deleted = 0;
  try {
    await carryOut(vnc, removal, (object) => {
      deleted++;
      process.stdout.write(`deleted   ${nameText(object)}\n`);
    });
  } catch (reason) {
    const { code, message } = ContrailError.from(reason);
    throw new ContrailError(code, `${message}; ${deleted} of ${length} are deleted: run the same command again`);
  }
  return 0;
}

async function isAgreed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

function refused(): number {
  process.stderr.write("nothing was deleted\n");
  return 1;
}
