import { ContrailError } from "@contrail/errors";
import { type JsonObject, type JsonValue, stringifyJson } from "@contrail/schema";
import { etagOf, type VncClient } from "@contrail/vnc-client";
import type { WantedObject } from "./check-object.ts";
import { readCurrent } from "./current-state.ts";
import { type Change, differences } from "./difference.ts";
import { editorText, readEdited, withNotes, withoutNotes } from "./edited-text.ts";
import { exportedObject } from "./exported.ts";
import { isDerived, namesIn, nameText, storedName } from "./object-name.ts";
import { planFile } from "./plan.ts";
import { canonical } from "./server-values.ts";

/** Times that a person, or a race with other writers, may go round. */
const MAX_ROUNDS = 100;

/** Shows a text to a person and gives what it became. */
export type Editor = (text: string) => string | Promise<string>;

/** How an edit ended. */
export interface EditResult {
  readonly kind: "updated" | "unchanged";
  readonly warnings: readonly string[];
}

/**
 * Lets a person edit an object until the server takes it. The person's text is kept whatever is refused; what somebody
 * else changes meanwhile stays, and is shown first where it is what the person changed too. Rejects where a refused text
 * comes back as it was.
 */
export async function editObject(vnc: VncClient, type: string, uuid: string, edit: Editor): Promise<EditResult> {
  const origin = await vnc.read<string>(type, uuid);
  const name = storedName(type, origin);
  if (isDerived(origin)) {
    throw new ContrailError("api.conflict", `${nameText(name)} is made by the system from other objects`);
  }
  const shown = exportedObject(type, origin, { uuids: true, isDerivedTarget: () => false });
  let seen = origin;
  let notes: readonly string[] = [];
  let text = editorText(type, shown);
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const before = withoutNotes(text);
    const after = withoutNotes(await edit(text));
    if (after.trim() === before.trim() && notes.length > 0 && !notes.some(isQuestion)) break;
    if (after.trim() === withoutNotes(editorText(type, shown)).trim()) return { kind: "unchanged", warnings: [] };
    const edited = readEdited(name, shown, after);
    if (edited.kind === "empty") return { kind: "unchanged", warnings: [] };
    if (edited.kind === "wrong") notes = edited.notes;
    else {
      const tried = await tryUpdate(vnc, edited.wanted, origin, seen);
      if (tried.kind === "done") return { kind: tried.isChanged ? "updated" : "unchanged", warnings: edited.warnings };
      seen = tried.seen;
      notes = tried.notes;
    }
    text = withNotes(after, notes);
  }
  throw new ContrailError("api.bad_request", `${nameText(name)} was not changed: ${notes.join("; ")}`);
}

const QUESTION = "somebody else has changed ";

/** A note that is answered by leaving the text as it is. */
function isQuestion(note: string): boolean {
  return note.startsWith(QUESTION);
}

type Tried =
  | { readonly kind: "done"; readonly isChanged: boolean }
  | { readonly kind: "refused"; readonly notes: readonly string[]; readonly seen: JsonObject };

/** Writes what the person changed of the object as it was first shown; seen: its state that the person knows of. */
async function tryUpdate(vnc: VncClient, wanted: WantedObject, origin: JsonObject, seen: JsonObject): Promise<Tried> {
  const current = await readCurrent(vnc, [wanted]);
  const { problems } = planFile({ objects: [wanted], problems: [], warnings: [] }, current);
  const nameOf = (type: string, uuid: string) => namesIn(current.withUuid(type, uuid)?.fq_name);
  const changes = differences(wanted, origin, nameOf);
  if (changes.length === 0) return { kind: "done", isChanged: false };
  if (problems.length > 0) return { kind: "refused", notes: problems, seen };
  const change = Object.fromEntries(changes.map(({ key }) => [key, writtenValue(wanted, key)]));
  for (let known = seen, round = 1; ; round++) {
    try {
      await vnc.update<string>(wanted.type, String(origin.uuid), change, { ifMatch: etagOf(known) });
      return { kind: "done", isChanged: true };
    } catch (reason) {
      const { code, message } = ContrailError.from(reason);
      if (code !== "vnc.precondition_failed" || round === MAX_ROUNDS) {
        if (code === "vnc.unavailable") throw reason;
        return { kind: "refused", notes: [message], seen: known };
      }
      const newest = await vnc.read<string>(wanted.type, String(origin.uuid));
      const notes = changedByBoth(changes, known, newest);
      known = newest;
      if (notes.length > 0) return { kind: "refused", notes, seen: newest };
    }
  }
}

function changedByBoth(changes: readonly Change[], known: JsonObject, newest: JsonObject): readonly string[] {
  return changes
    .filter(({ key }) => canonical(known[key]) !== canonical(newest[key]))
    .map(({ key }) => `${QUESTION}${key}; leave the text to overwrite: ${stringifyJson(newest[key] ?? null)}`);
}

function writtenValue(wanted: WantedObject, key: string): JsonValue {
  const references = wanted.references.get(key);
  if (references === undefined) return wanted.properties.get(key) ?? null;
  return references.map(({ to, uuid, attr }) => ({ to: to ?? null, uuid: uuid ?? null, attr }));
}
