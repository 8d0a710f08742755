import { KAFKA_SETTINGS, STORE_SETTINGS } from "@contrail/backends";
import { parseSettings } from "@contrail/runtime";
import { z } from "zod";
import { AAA_MODES } from "./core/access/aaa-mode.ts";

/** Settings of the configuration node: flags, or CONTRAIL_* in the environment. */
export const SETTINGS = z.object({
  name: z.string().min(1).default("config").describe("name of this node, as in its certificate"),
  restListen: z
    .string()
    .default("127.0.0.1:8082")
    .describe("VNC REST API: address and port; plain HTTP on loopback, TLS and a login on any other address"),
  restSocket: z.string().default("").describe("unix socket of the same API; empty: none"),
  adminSocket: z
    .string()
    .default("")
    .describe("unix socket of the API for the cloud's administrator, without login, mode 0600; empty: none"),
  introspectListen: z
    .string()
    .default("127.0.0.1:8084")
    .describe("introspect: address and port; plain on loopback, elsewhere for holders of a certificate of --pki-dir"),
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
    .describe(
      "directory of CA and certificates; needed with --bus-listen, --rpc-listen, addresses beyond loopback, and by servers that ask for one",
    ),
  aaaMode: z
    .enum(AAA_MODES)
    .default("no-auth")
    .describe("who may call the API: everybody on loopback; the cloud's administrators; users by roles and perms2"),
  tokenLifeS: z.coerce.number().int().min(60).max(86_400).default(3_600).describe("life of a session, in seconds"),
  tenantRate: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(100)
    .describe("requests a second of one tenant's user or key, twice as many at once; 0: no limit"),
  adminPasswordFile: z
    .string()
    .default("")
    .describe("file, mode 0600, of the password of user admin, who is made at the first start; empty: nobody is made"),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("least level that is logged"),
});

export type Settings = z.infer<typeof SETTINGS>;

/** Reads and checks the settings. Throws ContrailError naming the flag. */
export function readSettings(): Settings {
  return parseSettings(SETTINGS, process.argv.slice(2), process.env);
}
