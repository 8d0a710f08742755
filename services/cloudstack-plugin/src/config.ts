import { parseSettings } from "@contrail/runtime";
import { z } from "zod";

/** Settings of the CloudStack plugin: flags, or CONTRAIL_* in the environment. */
export const SETTINGS = z.object({
  name: z.string().min(1).default("cloudstack-plugin").describe("name of this node"),
  socket: z
    .string()
    .min(1)
    .default("/run/contrail/cloudstack-plugin.sock")
    .describe("unix socket on which opencontrail.sh finds the plugin"),
  configSocket: z
    .string()
    .min(1)
    .default("/run/contrail/config-rest.sock")
    .describe("unix socket of the configuration node's VNC REST API"),
  introspectListen: z.string().default("127.0.0.1:8096").describe("introspect: a loopback address and port"),
  introspectSocket: z.string().default("").describe("unix socket of introspect; empty: none"),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("least level that is logged"),
});

export type Settings = z.infer<typeof SETTINGS>;

/** Reads and checks the settings. Throws ContrailError naming the flag. */
export function readSettings(): Settings {
  return parseSettings(SETTINGS, process.argv.slice(2), process.env);
}
