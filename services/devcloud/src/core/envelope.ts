import type { ApiError } from "./api-error.ts";
import type { Json, JsonObject } from "./json.ts";

export const CLOUDSTACK_VERSION = "4.23.0.0-SNAPSHOT";

/** Root keys that are not the command's name in lower case with "response" (recordings/api/README.md). */
const ROOT_KEYS: Readonly<Record<string, string>> = {
  activateproject: "activaterojectresponse",
  addiptonic: "addiptovmnicresponse",
  resetsshkeyforvirtualmachine: "resetSSHKeyforvirtualmachineresponse",
};

/** The one key of an answer to a command. */
export function rootKey(command: string): string {
  const name = command.toLowerCase();
  return ROOT_KEYS[name] ?? `${name}response`;
}

/** The body of an error, below its root key. */
export function errorBody(error: ApiError): JsonObject {
  return {
    uuidList: [],
    errorcode: error.status,
    cserrorcode: error.detailCode,
    errortext: error.message,
  };
}

/** An answer in XML: elements for members, an element each for items of a list, none for an empty list. */
export function toXml(root: string, body: JsonObject, withVersion: boolean): string {
  const version = withVersion ? ` cloud-stack-version="${CLOUDSTACK_VERSION}"` : "";
  return `<?xml version="1.0" encoding="UTF-8"?><${root}${version}>${members(body)}</${root}>`;
}

function members(value: JsonObject): string {
  return Object.entries(value)
    .map(([key, member]) => element(key, member))
    .join("");
}

function element(name: string, value: Json): string {
  if (value === undefined || value === null) return "";
  if (isList(value)) return value.map((item) => element(name, item)).join("");
  const tag = /^[A-Za-z_][\w.-]*$/.test(name) ? name : "entry";
  const inner = typeof value === "object" ? members(value) : escapeXml(String(value));
  return `<${tag}>${inner}</${tag}>`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

const SIGNS: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Escapes markup; signs that XML 1.0 has no form for are left out. */
function escapeXml(text: string): string {
  let escaped = "";
  for (const sign of text) {
    const code = sign.charCodeAt(0);
    if (code >= 0x20 || code === 0x09 || code === 0x0a || code === 0x0d) escaped += SIGNS[sign] ?? sign;
  }
  return escaped;
}
