import { lstatSync, readFileSync, statSync } from "node:fs";
import { ContrailError } from "@contrail/errors";
import type { ApiKeys } from "./cloudstack-client.ts";

/** What a key file says. */
export interface KeyFile {
  readonly keys: ApiKeys;
  /** URL of the API; undefined where the file has none. */
  readonly endpoint: string | undefined;
}

const LIMIT_BYTES = 64 * 1024;
const READABLE_BY_OTHERS = 0o077;

/**
 * Reads the keys of a file: cloudstack.ini as the client `cs` has it (section [cloudstack] with endpoint, key, secret), or
 * two lines, the API key and the secret key. Throws "cloudstack.bad_request" with what to do; no text holds a key.
 */
export function readKeyFile(path: string): KeyFile {
  const text = readPrivate(path);
  const keys = text.includes("=") ? fromIni(text) : fromLines(text);
  if (keys !== undefined) return keys;
  throw wrong(`${path} has no keys; wanted: a section [cloudstack] with endpoint, key and secret, or two lines`);
}

/**
 * Reads a file that holds one secret, as the key of a webhook's signatures. Throws "cloudstack.bad_request" with what to do,
 * also where it holds nothing: everybody can sign with an empty key.
 */
export function readSecretFile(path: string): string {
  const secret = readPrivate(path).trim();
  if (secret === "") throw wrong(`${path} has no secret: it is empty`);
  return secret;
}

function readPrivate(path: string): string {
  const stat = statusOf(path);
  if (!stat.isFile()) throw wrong(`${path} is no file`);
  if ((stat.mode & READABLE_BY_OTHERS) !== 0) throw wrong(`${path} can be read by others; do: chmod 600 ${path}`);
  if (stat.size > LIMIT_BYTES) throw wrong(`${path} is no key file: it is larger than ${LIMIT_BYTES} bytes`);
  try {
    return readFileSync(path, "utf8");
  } catch (reason) {
    throw wrong(`${path} cannot be read: ${ContrailError.from(reason).message}`);
  }
}

function statusOf(path: string) {
  try {
    return lstatSync(path).isSymbolicLink() ? statSync(path) : lstatSync(path);
  } catch (reason) {
    throw wrong(`the file cannot be read: ${ContrailError.from(reason).message}`);
  }
}

/** The values of the section [cloudstack], or of the first one where there is none of that name. */
function fromIni(text: string): KeyFile | undefined {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^\s*\[([^\]]*)\]\s*$/.exec(line) ?? [];
    const [, key, value] = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) {
      section = new Map();
      sections.set(name, section);
    } else if (key !== undefined && value !== undefined) section.set(key.toLowerCase(), value);
  }
  const values = sections.get("cloudstack") ?? [...sections.values()][0] ?? section;
  const apiKey = values.get("key");
  const secretKey = values.get("secret");
  if (!apiKey || !secretKey) return undefined;
  return { keys: { apiKey, secretKey }, endpoint: values.get("endpoint") };
}

function fromLines(text: string): KeyFile | undefined {
  const [apiKey, secretKey, ...rest] = text.split(/\r?\n/).flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  if (apiKey === undefined || secretKey === undefined || rest.length > 0) return undefined;
  return { keys: { apiKey, secretKey }, endpoint: undefined };
}

function wrong(message: string): ContrailError {
  return new ContrailError("cloudstack.bad_request", message);
}
