import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bus } from "@contrail/bus";
import { createLocalBus, openLog, serveLog } from "@contrail/bus-embedded";
import { createKafkaBus } from "@contrail/bus-kafka";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import { identityFiles } from "@contrail/pki";
import { isLoopback, systemClock } from "@contrail/runtime";
import type { ObjectStore } from "@contrail/store";
import { openCassandraStore } from "@contrail/store-cassandra";
import { openSqliteStore } from "@contrail/store-sqlite";
import type { Settings } from "./config.ts";

/** The bus as this node has it; serve: lets other processes read it, where that is this node's work. */
export interface NodeBus {
  readonly bus: Bus;
  serve(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the object store of the settings. */
export async function openStore(settings: Settings, logger: Logger): Promise<ObjectStore> {
  if (settings.store === "sqlite") return openSqliteStore(join(settings.dataDir, "objects.db"));
  const contactPoints = list(settings.cassandraContactPoints);
  const reach = way("cassandra", contactPoints, {
    caFile: settings.cassandraCaFile,
    username: settings.cassandraUsername,
    passwordFile: settings.cassandraPasswordFile,
  });
  return openCassandraStore({
    contactPoints,
    dataCenter: settings.cassandraDataCenter,
    keyspace: settings.cassandraKeyspace,
    replication: settings.cassandraReplication,
    clock: systemClock,
    logger,
    ...reach,
  });
}

/** Opens the bus of the settings: the embedded log, which this node can serve, or Kafka. */
export async function openBus(settings: Settings, logger: Logger): Promise<NodeBus> {
  if (settings.bus === "embedded") return openEmbedded(settings);
  const brokers = list(settings.kafkaBrokers);
  const reach = way("kafka", brokers, {
    caFile: settings.kafkaCaFile,
    username: settings.kafkaUsername,
    passwordFile: settings.kafkaPasswordFile,
  });
  const replication = settings.kafkaReplication;
  const bus = createKafkaBus({ brokers, replication, clock: systemClock, logger, random: Math.random, ...reach });
  return { bus, serve: () => Promise.resolve(), close: () => bus.close() };
}

async function openEmbedded({ dataDir, busListen, pkiDir, name }: Settings): Promise<NodeBus> {
  const log = await openLog(join(dataDir, "log.db"));
  let server: Awaited<ReturnType<typeof serveLog>> | undefined;
  return {
    bus: createLocalBus(log),
    async serve() {
      if (busListen !== "") server = await serveLog(log, identityFiles(pkiDir, { role: "config", name }), busListen);
    },
    async close() {
      server?.close();
      await log.close();
    },
  };
}

interface Files {
  readonly caFile: string;
  readonly username: string;
  readonly passwordFile: string;
}

/** TLS and credentials. Plain connections go to this machine only. */
function way(what: string, endpoints: readonly string[], { caFile, username, passwordFile }: Files) {
  if (endpoints.length === 0) throw new ContrailError("settings.bad_request", `${what}: no address is given`);
  const open = endpoints.filter((endpoint) => !isLoopback(endpoint));
  if (caFile === "" && open.length > 0) {
    const advice = `--${what}-ca-file is needed for an address that is not of the loopback`;
    throw new ContrailError("settings.bad_request", `${open.join(", ")}: ${advice}`);
  }
  const read = (file: string): string => readFileSync(file, "utf8");
  return {
    ...(caFile === "" ? {} : { tls: { authority: read(caFile) } }),
    ...(username === "" ? {} : { credentials: { username, password: read(passwordFile).trimEnd() } }),
  };
}

function list(text: string): readonly string[] {
  return text.split(",").filter((item) => item !== "");
}
