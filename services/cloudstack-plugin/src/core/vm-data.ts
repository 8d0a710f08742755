import type { NicPayload, VmDataItem } from "./payload.ts";

/** An item of a machine's data as the annotation holds it: the content in base64. */
export interface StoredItem {
  readonly dir: string;
  readonly file: string;
  readonly content: string;
}

/** What a set of machine data says. */
export interface MachineData {
  /** Text of the annotation: a JSON list of StoredItem, without the password. */
  readonly text: string;
  /** undefined: the set has none, and an older one stays. */
  readonly password: string | undefined;
  /** The machine's uuid; undefined where the set does not tell. */
  readonly machineUuid: string | undefined;
  /** What the machine is called: save-vm-data has no other name of it. undefined where the set does not tell. */
  readonly machineName: string | undefined;
}

/** No control characters: they would be taken for line ends by those who read names. */
const NAME = /^[^\p{Cc}]{1,255}$/u;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Takes a set as save-vm-data and restore-network have it (`content` is plain text) apart. */
export function machineData(items: readonly VmDataItem[]): MachineData {
  const metadata = (...names: readonly string[]): string | undefined =>
    items.find(({ dir, file }) => isMetadata(dir) && names.includes(file))?.content;
  const told = metadata("instance-id", "vm-id");
  const name = metadata("local-hostname");
  return {
    text: stored(items.filter(({ dir }) => dir !== "password").map(encoded)),
    password: items.find(({ dir, file }) => dir === "password" && file === "vm_password")?.content,
    machineUuid: told !== undefined && UUID.test(told) ? told.toLowerCase() : undefined,
    machineName: name !== undefined && NAME.test(name) ? name : undefined,
  };
}

/** The annotation's text with new user data or public keys, as save-userdata and save-sshkey bring them. */
export function withItems(before: string | undefined, { userdata, sshkey }: NicPayload): string {
  const items = readItems(before);
  const given = [
    ...(userdata === undefined ? [] : [encoded({ dir: "userdata", file: "user_data", content: userdata })]),
    ...(sshkey === undefined ? [] : [encoded({ dir: "metadata", file: "public-keys", content: sshkey })]),
  ];
  const kept = items.filter((item) => !given.some(({ dir, file }) => item.dir === dir && item.file === file));
  return stored([...kept, ...given]);
}

function isMetadata(dir: string): boolean {
  return dir === "metadata" || dir === "meta-data";
}

function encoded({ dir, file, content }: VmDataItem): StoredItem {
  return { dir, file, content: Buffer.from(content, "utf8").toString("base64") };
}

/** Sorted: the same set gives the same text in whatever order it came. */
function stored(items: readonly StoredItem[]): string {
  return JSON.stringify(items.toSorted((a, b) => (`${a.dir}/${a.file}` < `${b.dir}/${b.file}` ? -1 : 1)));
}

function readItems(text: string | undefined): readonly StoredItem[] {
  return text === undefined ? [] : (JSON.parse(text) as StoredItem[]); // The plugin's own annotation.
}
