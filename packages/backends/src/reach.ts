import { readFileSync } from "node:fs";
import { ContrailError } from "@contrail/errors";
import type { Identity } from "@contrail/pki";
import { isLoopback } from "@contrail/runtime";
import { z } from "zod";

/** Copies of what is made in a cluster. */
export const copies = z.coerce.number().int().min(1).max(9).default(3);

/** Where servers are, and the files by which they are reached. */
export interface ServerFiles {
  /** Addresses and ports, separated by commas. */
  readonly servers: string;
  readonly caFile: string;
  readonly username: string;
  readonly passwordFile: string;
  /** What this process shows to servers that ask who it is. */
  readonly identity: Identity | undefined;
}

/**
 * Addresses, TLS and credentials of servers. Plain connections go to this machine only. Throws settings.bad_request naming
 * the flag; flag: "kafka" of --kafka-ca-file; list: the flag of the addresses.
 */
export function reach(flag: string, list: string, { servers, caFile, username, passwordFile, identity }: ServerFiles) {
  const endpoints = servers.split(",").filter((item) => item !== "");
  if (endpoints.length === 0) throw bad(`--${list}: no address is given`);
  const open = endpoints.filter((endpoint) => !isLoopback(endpoint));
  if (caFile === "" && open.length > 0) {
    throw bad(`${open.join(", ")}: --${flag}-ca-file is needed for an address that is not of the loopback`);
  }
  const own = (): { certificate?: string; key?: string } =>
    identity === undefined
      ? {}
      : { certificate: readText("pki-dir", identity.certificateFile), key: readText("pki-dir", identity.keyFile) };
  return {
    endpoints,
    ...(caFile === "" ? {} : { tls: { authority: readText(`${flag}-ca-file`, caFile), ...own() } }),
    ...(username === "" ? {} : { credentials: { username, password: password(flag, passwordFile) } }),
  };
}

function password(flag: string, file: string): string {
  if (file === "") throw bad(`--${flag}-password-file: a user is given without a file of its password`);
  return readText(`${flag}-password-file`, file).trimEnd();
}

function readText(flag: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (reason) {
    throw bad(`--${flag}: ${ContrailError.from(reason).message}`);
  }
}

function bad(message: string): ContrailError {
  return new ContrailError("settings.bad_request", message);
}
