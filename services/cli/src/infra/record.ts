import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import type { InfraWishes, ServerPlan } from "./layout.ts";
import type { ServerProcess } from "./server-process.ts";

/** A server as it was started. */
export interface RecordedServer extends ServerPlan, ServerProcess {}

/** What a directory of servers is: kept in it, so that a later command finds what an earlier one started. */
export interface InfraRecord {
  readonly wishes: InfraWishes;
  /** Id of the Kafka cluster: 16 octets, base64url. */
  readonly clusterId: string;
  readonly servers: readonly RecordedServer[];
}

const NAME = "infra.json";

/** The record of a directory; undefined where nothing was started in it. */
export function readRecord(directory: string): InfraRecord | undefined {
  const path = join(directory, NAME);
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as InfraRecord; // Written below, whole or not at all.
  } catch (reason) {
    throw new ContrailError("infra.internal", `${path} is not readable; look at it, and remove it`, { cause: reason });
  }
}

/** Replaces the record. */
export function writeRecord(directory: string, record: InfraRecord): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, NAME);
  writeFileSync(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
