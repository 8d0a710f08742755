import { createInterface } from "node:readline/promises";
import { ContrailError } from "@contrail/errors";
import { nameText } from "../api/object-name.ts";
import { carryOut, planRemoval } from "../api/removal.ts";
import { checkType, uuidOf } from "./api-objects.ts";
import { configurationApi } from "./connection.ts";

/** Options of `api delete`, as commander gives them. */
export interface DeleteOptions {
  readonly recursive: boolean;
  readonly yes: boolean;
}

const FIRST = "delete those first, or take their references away";
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
      throw await explained(type, uuid, ContrailError.from(reason));
    });
  process.stdout.write(`deleted   ${type} ${name}\n`);
  return 0;
}

/** Why an object stays, by the names of those that keep it: the API has their addresses. */
async function explained(type: string, uuid: string, refusal: ContrailError): Promise<ContrailError> {
  if (!refusal.message.startsWith("Delete when ")) return refusal;
  const { steps, obstacles } = await planRemoval(configurationApi(), type, uuid).catch(() => ({
    steps: [],
    obstacles: [],
  }));
  const below = steps.filter(({ item }) => item.uuid !== uuid).map(({ item }) => nameText(item));
  const text =
    below.length > 0
      ? `${shortList(below)} ${below.length === 1 ? "is" : "are"} below it; --recursive deletes all of it`
      : `${shortList(obstacles)}; ${FIRST}`;
  const isKnown = below.length > 0 || obstacles.length > 0;
  return isKnown ? new ContrailError(refusal.code, `nothing was deleted: ${text}`) : refusal;
}

function shortList(texts: readonly string[]): string {
  const more = texts.length > SHOWN ? ` and ${texts.length - SHOWN} more` : "";
  return `${texts.slice(0, SHOWN).join(", ")}${more}`;
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
