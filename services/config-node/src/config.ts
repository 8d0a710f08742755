import { KAFKA_SETTINGS, STORE_SETTINGS } from "@contrail/backends";
import { loopbackEndpoint, parseSettings } from "@contrail/runtime";
import { z } from "zod";

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
  ...STORE_SETTINGS,
  bus: z.enum(["embedded", "kafka"]).default("embedded").describe("bus"),
  ...KAFKA_SETTINGS,
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
