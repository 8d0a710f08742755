import { loopbackEndpoint, parseSettings } from "@contrail/runtime";
import { z } from "zod";

const replication = z.coerce.number().int().min(1).max(9).default(3);

/** Settings of the configuration node: flags, or CONTRAIL_* in the environment. */
export const SETTINGS = z.object({
  name: z.string().min(1).default("config").describe("name of this node, as in its certificate"),
  restListen: loopbackEndpoint
    .default("127.0.0.1:8082")
    .describe("VNC REST API, plain HTTP: a loopback address and port"),
  restSocket: z.string().default("").describe("unix socket of the same API; empty: none"),
  introspectListen: loopbackEndpoint.default("127.0.0.1:8084").describe("introspect: a loopback address and port"),
  introspectSocket: z.string().default("").describe("unix socket of introspect; empty: none"),
  busListen: z
    .string()
    .default("")
    .describe("address and port of the embedded log server, mutual TLS; empty: not served"),
  trustedListen: z
    .string()
    .default("")
    .describe(
      "VNC REST API for CloudStack's stock plugins, plain HTTP without login: address and port; empty: not served",
    ),
  trustedSources: z
    .string()
    .default("")
    .describe("who may call --trusted-listen: addresses and prefixes, separated by commas"),
  rpcListen: z
    .string()
    .default("")
    .describe("address and port of the gRPC ConfigService, mutual TLS; empty: not served"),
  store: z.enum(["sqlite", "cassandra"]).default("sqlite").describe("object store"),
  cassandraContactPoints: z
    .string()
    .default("")
    .describe("addresses and ports of some Cassandra nodes, separated by commas; for --store cassandra"),
  cassandraDataCenter: z.string().min(1).default("datacenter1").describe("data centre whose nodes are asked"),
  cassandraKeyspace: z.string().min(1).default("contrail").describe("keyspace; made if absent"),
  cassandraReplication: replication.describe("copies of each row in a keyspace that is made, 1 to 9"),
  cassandraCaFile: z
    .string()
    .default("")
    .describe("file of the CA of Cassandra's certificates; empty: plain, loopback only"),
  cassandraUsername: z.string().default("").describe("user of Cassandra; empty: none"),
  cassandraPasswordFile: z.string().default("").describe("file of that user's password"),
  bus: z.enum(["embedded", "kafka"]).default("embedded").describe("bus"),
  kafkaBrokers: z
    .string()
    .default("")
    .describe("addresses and ports of some Kafka brokers, separated by commas; for --bus kafka"),
  kafkaReplication: replication.describe("copies of each topic that is made, 1 to 9"),
  kafkaCaFile: z.string().default("").describe("file of the CA of Kafka's certificates; empty: plain, loopback only"),
  kafkaUsername: z.string().default("").describe("user of Kafka (SCRAM-SHA-512); empty: none"),
  kafkaPasswordFile: z.string().default("").describe("file of that user's password"),
  dataDir: z.string().min(1).describe("directory of the databases; made if absent"),
  pkiDir: z
    .string()
    .default("")
    .describe("directory of CA and certificates; needed with --bus-listen and --rpc-listen"),
  aaaMode: z.enum(["no-auth"]).default("no-auth").describe("who may call the API; no-auth listens on loopback only"),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("least level that is logged"),
});

export type Settings = z.infer<typeof SETTINGS>;

/** Reads and checks the settings. Throws ContrailError naming the flag. */
export function readSettings(): Settings {
  return parseSettings(SETTINGS, process.argv.slice(2), process.env);
}
