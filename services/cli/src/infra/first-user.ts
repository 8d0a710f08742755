import { readFileSync } from "node:fs";
import { silentLogger } from "@contrail/observability";
import { identityFiles } from "@contrail/pki";
import { systemClock } from "@contrail/runtime";
import { ensureFirstRole } from "@contrail/store-cassandra";
import { keptCredentials } from "./server-security.ts";

/** Name of the certificate by which this command reaches the servers. */
export const CLIENT = { role: "cli", name: "infra" } as const;

/** Gives Cassandra the user of our services, and takes its built-in one away. Resolves when that is so. */
export async function ensureUser(
  contactPoints: readonly string[],
  pki: string,
  passwordFile: string,
  signal: AbortSignal,
): Promise<void> {
  const { caFile, certificateFile, keyFile } = identityFiles(pki, CLIENT);
  const read = (file: string): string => readFileSync(file, "utf8");
  const tls = { authority: read(caFile), certificate: read(certificateFile), key: read(keyFile) };
  const credentials = keptCredentials(passwordFile);
  const common = { dataCenter: "datacenter1", clock: systemClock, logger: silentLogger };
  await ensureFirstRole({ contactPoints, tls, credentials, ...common }, signal);
}
