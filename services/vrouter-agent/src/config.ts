import { loopbackEndpoint, parseSettings } from "@contrail/runtime";
import { z } from "zod";

/** Settings of an agent: flags, or CONTRAIL_* in the environment. */
export const SETTINGS = z.object({
  name: z.string().min(1).describe("name of this host, as in its certificate and its virtual-router object"),
  address: z.ipv4().describe("underlay address of this host: where tunnels end"),
  underlayDevice: z.string().default("eth0").describe("underlay device"),
  underlayMtu: z.coerce.number().int().min(576).max(65_535).default(1_500).describe("bytes of an underlay packet"),
  controlNodes: z.string().min(1).describe("control nodes, address:port, separated by commas"),
  pkiDir: z.string().min(1).describe("directory of CA and certificates"),
  stateDir: z.string().min(1).describe("directory of ports and local numbers; made if absent"),
  portListen: loopbackEndpoint.default("127.0.0.1:9091").describe("port API: a loopback address and port"),
  portSocket: z.string().default("").describe("unix socket of the port API; empty: none"),
  introspectListen: z
    .string()
    .default("127.0.0.1:8085")
    .describe("introspect: address and port; plain on loopback, elsewhere for holders of a certificate of --pki-dir"),
  introspectSocket: z.string().default("").describe("unix socket of introspect; empty: none"),
  engine: z.enum(["auto", "ebpf", "typescript"]).default("auto").describe("data plane"),
  engineSocket: z.string().default("").describe("unix socket of vrouter-engine, for the TypeScript data plane"),
  pinDir: z.string().default("/sys/fs/bpf/contrail").describe("directory of pins, for the eBPF data plane"),
  puntsPerSecond: z.coerce.number().int().min(1).default(50).describe("packets a second that an interface may punt"),
  flowsPerHost: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(16_777_216)
    .default(1_000_000)
    .describe("established flow entries of the host; the eBPF data plane takes 128 bytes for each at its start"),
  flowsPerInterface: z.coerce
    .number()
    .int()
    .min(1)
    .default(100_000)
    .describe("established flow entries of an interface"),
  resolvers: z
    .string()
    .default("")
    .describe("name servers of the outside for machines, with commas; empty: those of /etc/resolv.conf"),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("least level that is logged"),
});

export type Settings = z.infer<typeof SETTINGS>;

/** Reads and checks the settings. Throws ContrailError naming the flag. */
export function readSettings(): Settings {
  return parseSettings(SETTINGS, process.argv.slice(2), process.env);
}
