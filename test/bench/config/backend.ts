import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKafkaBus } from "@contrail/backends";
import type { Bus } from "@contrail/bus";
import { createEmbeddedBus } from "@contrail/bus-embedded";
import { silentLogger } from "@contrail/observability";
import { createAuthority, issue } from "@contrail/pki";
import { systemClock } from "@contrail/runtime";
import { runContrail } from "@contrail/testkit/contrail";
import { progress } from "../result-line.ts";
import type { StoreKind } from "./options.ts";
import { type RawStore, rawCassandra, rawSqlite } from "./raw-store.ts";

const LOG_ADDRESS = "127.0.0.1:29094";
/** Ports of the servers of a bench, beside those of a system that runs. */
const PORTS = ["--cql-port", "29042", "--storage-port", "27000", "--kafka-port", "29092", "--controller-port", "29093"];

/** The stores under a node: its flags for them, the raw one beside it, a reader of the bus. */
export interface Backend {
  readonly kind: StoreKind;
  readonly flags: readonly string[];
  readonly raw: RawStore;
  bus(): Bus;
  close(): Promise<void>;
}

/** SQLite and the embedded log. */
export async function embeddedBackend(): Promise<Backend> {
  const pki = mkdtempSync(join(tmpdir(), "contrail-bench-pki-"));
  await createAuthority(pki);
  await issue(pki, { role: "config", name: "config", addresses: ["127.0.0.1"] });
  const identity = await issue(pki, { role: "control", name: "bench", addresses: ["127.0.0.1"] });
  const raw = rawSqlite();
  const options = { address: LOG_ADDRESS, identity, clock: systemClock, logger: silentLogger, random: () => 0 };
  return {
    kind: "sqlite",
    flags: ["--bus-listen", LOG_ADDRESS, "--pki-dir", pki],
    raw,
    bus: () => createEmbeddedBus(options),
    async close() {
      await raw.close();
      rmSync(pki, { recursive: true });
    },
  };
}

/** Cassandra and Kafka of their own, started and removed here. */
export async function clusterBackend(servers: "1" | "3"): Promise<Backend> {
  const directory = mkdtempSync(join(tmpdir(), "contrail-bench-infra-"));
  const where = ["--dir", directory];
  const remove = async (): Promise<void> => {
    await runContrail(["infra", "down", "--purge", ...where]);
    rmSync(directory, { recursive: true, force: true });
  };
  progress(`starting ${servers} of Cassandra and Kafka each`);
  const args = ["infra", "up", "--nodes", servers, ...where, ...PORTS, "--json"];
  const { code, stdout, stderr } = await runContrail(args);
  if (code !== 0) {
    await remove();
    throw new Error(`contrail ${args.join(" ")} ended with ${code}: ${stderr}`);
  }
  // What `contrail infra up --json` prints.
  const { cassandraContactPoints, kafkaBrokers } = JSON.parse(stdout) as Record<string, string>;
  const raw = await rawCassandra(cassandraContactPoints ?? "", "bench_raw", Number(servers));
  const kafka = { kafkaBrokers: kafkaBrokers ?? "", kafkaReplication: Number(servers) };
  const none = { kafkaCaFile: "", kafkaUsername: "", kafkaPasswordFile: "" };
  return {
    kind: "cassandra",
    flags: [
      ...["--store", "cassandra", "--cassandra-contact-points", cassandraContactPoints ?? ""],
      ...["--cassandra-replication", servers, "--kafka-replication", servers],
      ...["--bus", "kafka", "--kafka-brokers", kafkaBrokers ?? ""],
    ],
    raw,
    bus: () => openKafkaBus({ ...kafka, ...none }, silentLogger),
    async close() {
      await raw.close();
      await remove();
    },
  };
}
