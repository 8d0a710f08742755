import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Directories } from "../config.ts";
import { cassandraArguments } from "../infra/cassandra-command.ts";
import { SERVING } from "../infra/health.ts";
import { kafkaArguments, kafkaFormatArguments } from "../infra/kafka-command.ts";
import { plansOf, type ServerKind, type ServerPlan, type ServerSite } from "../infra/layout.ts";
import { serverFiles } from "../infra/server-files.ts";
import { secureServers } from "../infra/server-security.ts";
import { libraries, librariesDirectory, requireJava } from "../infra/software.ts";
import { type NodePlan, SERVERS_UNDERLAY, type Wishes } from "./layout.ts";
import type { Progress } from "./supervisor.ts";

const run = promisify(execFile);
/** One of each: copies need more machines than one. */
const SITE: Omit<ServerSite, "security"> = {
  nodes: 1,
  addresses: { cassandra: [SERVERS_UNDERLAY.address], kafka: [SERVERS_UNDERLAY.address] },
  cqlPort: 9_042,
  storagePort: 7_000,
  kafkaPort: 9_092,
  controllerPort: 9_093,
  cassandraHeapMb: 384,
  kafkaHeapMb: 256,
};

/** Which servers are wished for; none in the usual form. */
export function wantedServers({ store, bus }: Pick<Wishes, "store" | "bus">): readonly ServerKind[] {
  return [...(store === "cassandra" ? (["cassandra"] as const) : []), ...(bus === "kafka" ? (["kafka"] as const) : [])];
}

/** Gets what the servers are run from: their jars, and Java. Rejects with what to install. */
export async function fetchServers(wishes: Pick<Wishes, "store" | "bus">, progress: Progress): Promise<void> {
  for (const kind of wantedServers(wishes)) {
    requireJava();
    await libraries(kind, progress);
  }
}

/** Nodes of the servers: only who has a certificate of the system's CA is let in. */
export function serverPlans(directories: Directories, wishes: Wishes): readonly NodePlan[] {
  return plans(wishes).map((server) => {
    const { name, kind, address, port } = server;
    const places = placesOf(directories, server);
    const site = { ...SITE, security: undefined }; // The command line says nothing of it.
    return {
      name,
      role: kind,
      certificateRole: undefined, // Its own form of it is made by prepareServers().
      namespace: SERVERS_UNDERLAY.namespace,
      address,
      program: requireJava(),
      flags: kind === "cassandra" ? cassandraArguments(site, places) : kafkaArguments(site, places),
      servingText: SERVING[kind],
      urls: { [kind]: `tls://${address}:${port}`, ...neighbours(kind, address) },
      sockets: {},
    };
  });
}

/** Writes what the servers read at their start. The system's CA exists. */
export async function prepareServers(directories: Directories, wishes: Wishes): Promise<void> {
  const servers = plans(wishes);
  if (servers.length === 0) return;
  const security = await secureServers(join(directories.state, "pki"), servers, undefined);
  const site = { ...SITE, security };
  for (const server of servers) {
    const places = placesOf(directories, server);
    mkdirSync(places.data, { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(serverFiles(server, site, places.data))) {
      writeFileSync(join(places.configuration, name), text, { mode: 0o600 });
    }
    if (server.kind === "kafka" && !existsSync(join(places.data, "data"))) {
      await run(requireJava(), kafkaFormatArguments(CLUSTER_ID, site, places));
    }
  }
}

/** Id of the one cluster that there is: 16 octets, base64url. */
const CLUSTER_ID = Buffer.from("contrailembedded").toString("base64url");

/** Flags of services that use the servers: their addresses and how they are reached. */
export function storeFlags({ state }: Directories, wishes: Wishes): readonly string[] {
  if (wishes.store === "sqlite") return [];
  const at = `${SERVERS_UNDERLAY.address}:${SITE.cqlPort}`;
  const reach = ["--cassandra-contact-points", at, "--cassandra-ca-file", join(state, "pki/ca.crt")];
  return ["--store", "cassandra", "--cassandra-replication", "1", ...reach];
}

/** The same for the bus. */
export function busFlags({ state }: Directories): readonly string[] {
  const at = `${SERVERS_UNDERLAY.address}:${SITE.kafkaPort}`;
  const reach = ["--kafka-brokers", at, "--kafka-ca-file", join(state, "pki/ca.crt")];
  return ["--bus", "kafka", "--kafka-replication", "1", ...reach];
}

function plans(wishes: Wishes): readonly ServerPlan[] {
  return wantedServers(wishes).flatMap((kind) => plansOf(SITE, kind));
}

function placesOf({ state }: Directories, { name, kind }: ServerPlan) {
  const directory = join(state, name);
  return { configuration: directory, data: directory, libraries: librariesDirectory(kind) };
}

/** Listeners for servers of the same kind. */
function neighbours(kind: ServerKind, address: string): Readonly<Record<string, string>> {
  return kind === "cassandra"
    ? { storage: `tls://${address}:${SITE.storagePort}` }
    : { controller: `tls://${address}:${SITE.controllerPort}` };
}
