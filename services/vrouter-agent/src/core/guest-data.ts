import type { ConfigObject } from "@contrail/schema";
import { annotations, CLOUDSTACK } from "./annotations.ts";

/** What a machine may read of itself through one of its interfaces. */
export interface GuestData {
  /** Metadata by name, in the order in which CloudStack wrote it; an empty item is none, as on its virtual router. */
  readonly items: ReadonlyMap<string, Uint8Array>;
  readonly userData: Uint8Array | undefined;
  /** "": none is waiting. */
  readonly password: string;
}

/** Items that are kept; CloudStack has about a dozen. */
const MAX_ITEMS = 128;
const ITEM_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Written in the place of a password that the machine has fetched. */
const FETCHED = "saved_password";

interface Entry {
  readonly dir: string;
  readonly file: string;
  readonly content: Uint8Array;
}

/**
 * Reads the annotations of a virtual-machine-interface: `cloudstack.vm-data` is the JSON text of a list of
 * {dir, file, content}, as the extension's save-vm-data has it, with the content in base64. What is not of that form is
 * left out. The annotation of the password counts before the password in the list: it is the newer one.
 */
export function guestData(vmi: ConfigObject): GuestData {
  const texts = annotations(vmi);
  const entries = entriesOf(texts.get(CLOUDSTACK.vmData) ?? "[]").filter(({ content }) => content.length > 0);
  const items = entries.filter(({ dir, file }) => /^meta-?data$/.test(dir) && ITEM_NAME.test(file)).slice(0, MAX_ITEMS);
  const waiting = entries.find(({ dir }) => dir === "password");
  const password = texts.get(CLOUDSTACK.password) ?? (waiting === undefined ? "" : utf8(waiting.content));
  return {
    items: new Map(items.map(({ file, content }) => [file, content])),
    userData: entries.find(({ dir }) => /^user-?data$/.test(dir))?.content,
    password: password === FETCHED ? "" : password,
  };
}

function entriesOf(text: string): readonly Entry[] {
  const parsed = parsedOf(text);
  return Array.isArray(parsed) ? parsed.flatMap(entryOf) : [];
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Somebody else wrote the annotation: the machine has no metadata.
  }
}

function entryOf(value: unknown): readonly Entry[] {
  if (typeof value !== "object" || value === null) return [];
  const { dir, file, content } = value as Readonly<Record<string, unknown>>; // An object: its fields are looked at.
  if (typeof dir !== "string" || typeof file !== "string" || typeof content !== "string") return [];
  return [{ dir, file: file.toLowerCase(), content: Uint8Array.from(Buffer.from(content, "base64")) }];
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
