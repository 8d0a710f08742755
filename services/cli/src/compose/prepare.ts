import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ContrailError } from "@contrail/errors";
import { createAuthority, identityFiles, issue } from "@contrail/pki";
import { cassandraArguments } from "../infra/cassandra-command.ts";
import { kafkaArguments, kafkaFormatArguments } from "../infra/kafka-command.ts";
import { plansOf, type ServerPlan, type ServerSite } from "../infra/layout.ts";
import { serverFiles } from "../infra/server-files.ts";
import { keptCredentials, secureServers } from "../infra/server-security.ts";
import { PKI, type Profile, peersOf, SERVER_CONFIGURATION, SERVER_LIBRARIES, siteOf, variablesOf } from "./layout.ts";

/**
 * Makes what deploy/compose needs and must not be in it: keys and certificates, passwords, configuration of Cassandra and
 * Kafka, the file of variables. What is there stays. Gives the path of the variables.
 */
export async function prepareCompose(directory: string, profile: Profile): Promise<string> {
  const root = resolve(directory);
  const variables = join(root, "compose.env");
  refuseOther(variables, profile);
  mkdirSync(join(root, "pki"), { recursive: true, mode: 0o700 });
  mkdirSync(join(root, "run"), { recursive: true, mode: 0o700 });
  const pki = join(root, "pki");
  await createAuthority(pki);
  for (const peer of peersOf(profile)) {
    if (!existsSync(identityFiles(pki, peer).keyFile)) await issue(pki, peer);
  }
  const bare = siteOf(profile);
  const servers = [...plansOf(bare, "cassandra"), ...plansOf(bare, "kafka")];
  const credentials = keptCredentials(join(root, "password"));
  const site: ServerSite = { ...bare, security: await secureServers(pki, servers, credentials, PKI) };
  writeSecret(join(root, "run/cloudstack-webhook.secret"));
  const clusterId = keptClusterId(join(root, "kafka-cluster-id"));
  for (const server of servers) writeServer(join(root, "servers", server.name), server, site, clusterId);
  const lines = Object.entries({ CONTRAIL_STATE: root, ...variablesOf(profile) }).map((pair) => pair.join("="));
  writeFileSync(variables, `${lines.join("\n")}\n`, { mode: 0o600 });
  return variables;
}

/** Configuration of a server, and the arguments of its java (`java @FILE`). */
function writeServer(directory: string, server: ServerPlan, site: ServerSite, clusterId: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const data = `/var/lib/${server.kind}`;
  const places = { configuration: SERVER_CONFIGURATION, data, libraries: SERVER_LIBRARIES };
  const isCassandra = server.kind === "cassandra";
  const args = isCassandra ? cassandraArguments(site, places) : kafkaArguments(site, places);
  const files: Readonly<Record<string, string>> = {
    ...serverFiles(server, site, data),
    "java.args": argumentFile(args),
    ...(isCassandra ? {} : { "format.args": argumentFile(kafkaFormatArguments(clusterId, site, places)) }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text, { mode: 0o600 });
  chmodSync(directory, 0o700);
}

/** One argument a line, quoted as java wants it. */
function argumentFile(args: readonly string[]): string {
  return args.map((arg) => `"${arg.replace(/[\\"]/g, "\\$&")}"\n`).join("");
}

function writeSecret(file: string): void {
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
}

/** Id of the Kafka cluster: 16 octets, base64url. */
function keptClusterId(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(16).toString("base64url"), { mode: 0o600, flag: "wx" });
  return readFileSync(file, "utf8");
}

/** Servers that were one cannot become three. */
function refuseOther(variables: string, profile: Profile): void {
  const before = existsSync(variables) ? readFileSync(variables, "utf8") : "";
  const was = /^COMPOSE_PROFILES=(.*)$/m.exec(before)?.[1];
  if (was === undefined || was === profile) return;
  throw new ContrailError("compose.conflict", `${variables} is of profile ${was}; give another --dir for ${profile}`);
}
