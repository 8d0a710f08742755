import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAuthority, identityFiles, issue } from "@contrail/pki";
import type { Credentials, ServerPlan, ServerSecurity } from "./layout.ts";

/** User of our services on Cassandra and Kafka. */
const USERNAME = "contrail";

/** The credentials kept in a file, which is made with a password of 256 random bits where it is not there. */
export function keptCredentials(passwordFile: string): Credentials {
  if (!existsSync(passwordFile))
    writeFileSync(passwordFile, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
  return { username: USERNAME, password: readFileSync(passwordFile, "utf8").trimEnd() };
}

/**
 * Makes keys and certificates of servers in a PKI directory, where they are not there yet, and for each the one PEM file
 * with both that Cassandra and Kafka want. shown: the directory as the servers see it.
 */
export async function secureServers(
  pki: string,
  servers: readonly ServerPlan[],
  credentials: Credentials | undefined,
  shown = pki,
): Promise<ServerSecurity> {
  await createAuthority(pki);
  for (const { name, address } of servers) {
    if (existsSync(join(pki, `server-${name}.pem`))) continue;
    const { keyFile, certificateFile } = await issue(pki, { role: "server", name, addresses: [address] });
    const both = `${readFileSync(keyFile, "utf8").trimEnd()}\n${readFileSync(certificateFile, "utf8").trimEnd()}\n`;
    writeFileSync(join(pki, `server-${name}.pem`), both, { mode: 0o600 });
  }
  return {
    authorityFile: identityFiles(shown, { role: "server", name: "any" }).caFile,
    identityFile: (server) => join(shown, `server-${server}.pem`),
    credentials,
  };
}
