import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import type { WantedObject } from "./check-object.ts";
import { yamlDocument } from "./exported.ts";
import { keyOf, type ObjectName } from "./object-name.ts";
import { checkFile } from "./plan.ts";
import { readDocuments } from "./read-documents.ts";

const MARK = "#! ";
const HELP = `${MARK}Lines with this mark are no part of the object. What is deleted is cleared; an empty file leaves all as it is.\n`;

/** An object as the editor shows it, below some lines of notes. */
export function editorText(type: string, shown: JsonObject, notes: readonly string[] = []): string {
  return withNotes(yamlDocument({ [type]: shown }), notes);
}

/** The person's own text below other notes. */
export function withNotes(text: string, notes: readonly string[]): string {
  const lines = notes.flatMap((note) => note.split("\n")).map((line) => `${MARK}${line}\n`);
  return `${HELP}${lines.join("")}${withoutNotes(text)}`;
}

/** The text without lines of notes. */
export function withoutNotes(text: string): string {
  const lines = text.split("\n").filter((line) => !line.startsWith(MARK));
  return lines.join("\n");
}

/** What a person made of an object's text. */
export type EditedText =
  | { readonly kind: "empty" }
  /** Texts for the notes above the next try. */
  | { readonly kind: "wrong"; readonly notes: readonly string[] }
  | { readonly kind: "edited"; readonly wanted: WantedObject; readonly warnings: readonly string[] };

/** Reads what came out of the editor: one object, still of the same type and name; keys that are gone are cleared. */
export function readEdited(name: ObjectName, shown: JsonObject, text: string): EditedText {
  try {
    const given = readDocuments(withoutNotes(text), "the text");
    const [first] = given;
    if (first === undefined) return { kind: "empty" };
    if (given.length > 1) return { kind: "wrong", notes: ["one object is wanted"] };
    const gone = Object.keys(shown).filter((key) => !(key in first.content) && !IDENTITY.has(key));
    const content = { ...first.content, ...Object.fromEntries(gone.map((key) => [key, null])) };
    const { objects, problems, warnings } = checkFile([{ type: first.type, content }]);
    const [wanted] = objects;
    if (wanted === undefined || problems.length > 0) return { kind: "wrong", notes: problems };
    if (keyOf(wanted) !== keyOf(name)) return { kind: "wrong", notes: ["type and fq_name cannot be changed"] };
    return { kind: "edited", wanted, warnings };
  } catch (reason) {
    return { kind: "wrong", notes: [ContrailError.from(reason).message] };
  }
}

const IDENTITY = new Set(["fq_name", "parent_type", "uuid"]);
