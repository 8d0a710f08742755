import type { GuestData } from "./guest-data.ts";

/** An answer to a machine's request. */
export interface GuestAnswer {
  readonly status: 200 | 400 | 404 | 405;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** True where the machine says that it has the password. */
  readonly passwordFetched?: true;
}

const TEXT = "text/plain; charset=utf-8";
const BINARY = "application/octet-stream";
/** Longer than any path that means something. */
const MAX_TARGET = 256;

/**
 * Metadata as CloudStack's virtual router serves it on port 80: the paths of its rewrite rules, in any case of letters,
 * with and without /latest, with and without a slash at the end; an item below meta-data or, as before 4.0, beside it.
 *
 *   /latest/user-data   /latest/meta-data/   /latest/meta-data/ITEM   /latest/ITEM
 */
export function metadataAnswer(method: string, target: string, data: GuestData): GuestAnswer {
  if (method !== "GET" && method !== "HEAD") return text(405, "only GET and HEAD are known here\n");
  const path = target.slice(0, MAX_TARGET).split("?", 1)[0] ?? "";
  const parts = path
    .toLowerCase()
    .split("/")
    .filter((part) => part !== "");
  if (parts.length === 0) return text(200, "latest/\n");
  const [first, second, ...rest] = parts[0] === "latest" ? parts.slice(1) : parts;
  if (rest.length > 0) return notFound();
  if (first === undefined) return text(200, "meta-data/\nuser-data\n");
  if (first === "meta-data") return second === undefined ? listOf(data) : itemOf(data, second);
  if (second !== undefined) return notFound();
  if (first === "user-data") return data.userData === undefined ? notFound() : found(data.userData, BINARY);
  return itemOf(data, first);
}

/**
 * The password server on port 8080: what is asked stands in the header DomU_Request. A password that was fetched, or that
 * never was, is "saved_password": the machine's script then leaves the one that it has.
 */
export function passwordAnswer(request: string | undefined, password: string): GuestAnswer {
  switch (request) {
    case "send_my_password":
      return text(200, password === "" ? "saved_password" : password);
    case "saved_password":
      return { ...text(200, "saved_password"), passwordFetched: true };
    default:
      return text(400, "bad_request");
  }
}

function listOf(data: GuestData): GuestAnswer {
  if (data.items.size === 0) return notFound();
  return text(200, [...data.items.keys()].map((name) => `${name}\n`).join(""));
}

function itemOf(data: GuestData, name: string): GuestAnswer {
  const item = data.items.get(name);
  return item === undefined ? notFound() : found(item, TEXT);
}

function found(body: Uint8Array, contentType: string): GuestAnswer {
  return { status: 200, contentType, body };
}

function notFound(): GuestAnswer {
  return text(404, "not found\n");
}

function text(status: GuestAnswer["status"], body: string): GuestAnswer {
  return { status, contentType: TEXT, body: new TextEncoder().encode(body) };
}
