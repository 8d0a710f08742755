import { KAFKA_SETTINGS } from "@contrail/backends";
import { parseSettings } from "@contrail/runtime";
import { z } from "zod";

/** Settings of a control node: flags, or CONTRAIL_* in the environment. */
export const SETTINGS = z.object({
  name: z.string().min(1).describe("name of this node, as in its certificate and its bgp-router object"),
  address: z.ipv4().describe("underlay address: BGP and agents; also the BGP identifier"),
  bgpPort: z.coerce.number().int().min(0).max(65_535).default(179).describe("TCP port of BGP"),
  agentPort: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(5269)
    .describe("TCP port of agents, gRPC over mutual TLS"),
  bus: z.enum(["embedded", "kafka"]).default("embedded").describe("bus"),
  busAddress: z.string().default("").describe("address and port of the log server; for --bus embedded"),
  ...KAFKA_SETTINGS,
  pkiDir: z.string().min(1).describe("directory of CA and certificates"),
  autonomousSystem: z.coerce
    .number()
    .int()
    .min(1)
    .max(4_294_967_295)
    .default(64_512)
    .describe("AS of routes of agents"),
  introspectListen: z
    .string()
    .default("127.0.0.1:8083")
    .describe("introspect: address and port; plain on loopback, elsewhere for holders of a certificate of --pki-dir"),
  introspectSocket: z.string().default("").describe("unix socket of introspect; empty: none"),
  keepaliveMs: z.coerce.number().int().min(100).default(5_000).describe("milliseconds between keepalives to agents"),
  holdMs: z.coerce
    .number()
    .int()
    .min(300)
    .default(15_000)
    .describe("milliseconds without a word until an agent is away"),
  gracefulRestartMs: z.coerce
    .number()
    .int()
    .min(0)
    .default(300_000)
    .describe("milliseconds that routes of an agent that is away are kept"),
  endOfRibWaitMs: z.coerce
    .number()
    .int()
    .min(0)
    .default(300_000)
    .describe("milliseconds after the start that agents and peers have to give their routes before end-of-rib goes"),
  routesPerPeer: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_000_000)
    .describe("routes that a BGP peer may give; with one more its session ends"),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("least level that is logged"),
});

export type Settings = z.infer<typeof SETTINGS>;

/** Reads and checks the settings. Throws ContrailError naming the flag. */
export function readSettings(): Settings {
  return parseSettings(SETTINGS, process.argv.slice(2), process.env);
}
