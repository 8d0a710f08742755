import { readFileSync, statSync } from "node:fs";
import { ContrailError } from "@contrail/errors";
import type { VncBounds } from "./collect.ts";
import { VncClient } from "./vnc-client.ts";

/** Where a configuration API is, and how to be let in. */
export interface VncAccess {
  /** "https://config.example:8082", or "http://127.0.0.1:8082" on this machine. */
  readonly url: string;
  /** PEM file of the CA of the API's certificate; for https. */
  readonly caFile: string;
  /** File, mode 0600, of an API key; empty: the listener asks for none. */
  readonly keyFile: string;
}

const READABLE_BY_OTHERS = 0o077;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;
const DEFAULT_PORT = 8082;

/** A client of the API at an address. Throws "settings.bad_request" that says what is wrong and never holds the key. */
export function connectVnc({ url, caFile, keyFile }: VncAccess, bounds: VncBounds = {}): VncClient {
  const { protocol, hostname, port } = parsed(url);
  const token = keyFile === "" ? undefined : readKey(keyFile);
  const at = { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: port === "" ? DEFAULT_PORT : Number(port) };
  if (protocol === "http:") {
    if (!LOOPBACK.test(hostname)) throw wrong(`${url}: plain HTTP is for this machine only: use https`);
    return new VncClient(at, { ...bounds, token });
  }
  if (caFile === "")
    throw wrong(`${url}: https needs the file of the CA (ca.crt of the configuration node's --pki-dir)`);
  return new VncClient({ ...at, authority: read(caFile) }, { ...bounds, token });
}

function parsed(url: string): URL {
  const found = URL.canParse(url) ? new URL(url) : undefined;
  if (found?.protocol === "http:" || found?.protocol === "https:") return found;
  throw wrong(`${url} is no http or https address`);
}

function readKey(file: string): string {
  const text = read(file).trim();
  const { mode } = statSync(file);
  if ((mode & READABLE_BY_OTHERS) !== 0) throw wrong(`${file}: others may read the key: chmod 600 ${file}`);
  if (!/^c[kt]_[A-Za-z0-9_-]+$/.test(text)) throw wrong(`${file} holds no API key: make one by "contrail key add"`);
  return text;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (reason) {
    throw wrong(`${file}: ${ContrailError.from(reason).message}`);
  }
}

function wrong(message: string): ContrailError {
  return new ContrailError("settings.bad_request", message);
}
