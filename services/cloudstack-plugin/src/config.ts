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
  cloudstackUrl: z
    .string()
    .default("")
    .describe("CloudStack's API, http(s)://<host>/client/api; empty: the endpoint of the key file"),
  cloudstackKeys: z
    .string()
    .default("")
    .describe("file with keys of a root administrator, as cloudstack.ini; empty: CloudStack is never asked"),
  cloudstackCa: z
    .string()
    .default("")
    .describe("authority of CloudStack's certificate, PEM file; empty: those of the system"),
  reconcileSeconds: z.coerce
    .number()
    .int()
    .min(1)
    .default(60)
    .describe("seconds between two comparisons with CloudStack"),
  graceSeconds: z.coerce
    .number()
    .int()
    .min(0)
    .default(600)
    .describe("seconds after which what CloudStack no longer has is removed"),
  writesPerSecond: z.coerce.number().min(0.1).max(10_000).default(50).describe("writes of the reconciler a second"),
  webhookListen: z
    .string()
    .default("")
    .describe("address and port for CloudStack's webhook, POST /cloudstack/events; empty: none"),
  webhookSecret: z
    .string()
    .default("")
    .describe("file with the webhook's secret key; empty: events are not checked, they only wake the reconciler"),
  introspectListen: z.string().default("127.0.0.1:8096").describe("introspect: a loopback address and port"),
  introspectSocket: z.string().default("").describe("unix socket of introspect; empty: none"),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("least level that is logged"),
});

export type Settings = z.infer<typeof SETTINGS>;

/** Reads and checks the settings. Throws ContrailError naming the flag. */
export function readSettings(): Settings {
  return parseSettings(SETTINGS, process.argv.slice(2), process.env);
}
