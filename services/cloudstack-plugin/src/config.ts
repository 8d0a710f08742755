import { isLoopback, loopbackEndpoint, parseSettings } from "@contrail/runtime";
import { z } from "zod";

const LISTEN = /^$|^(\[[0-9a-f:.]+\]|[^:\s]+):\d{1,5}$/i;

const FIELDS = z.object({
  name: z.string().min(1).default("cloudstack-plugin").describe("name of this node"),
  socket: z
    .string()
    .min(1)
    .default("/run/contrail/cloudstack-plugin.sock")
    .describe("unix socket on which opencontrail.sh finds the plugin"),
  socketGroup: z
    .string()
    .regex(/^[a-z0-9_.-]{0,64}$/i, "must be a group's name or number")
    .default("")
    .describe(
      "group that may use that socket, by name or number: that of CloudStack's user, cloud; empty: this process's",
    ),
  listen: z
    .string()
    .regex(LISTEN, "must be an address and port, as 10.1.1.2:8443")
    .default("")
    .describe("address and port for opencontrail.sh of another machine, mutual TLS; empty: none"),
  certificateFile: z.string().default("").describe("certificate of this node, PEM; needed with --listen"),
  keyFile: z.string().default("").describe("its key, PEM; needed with --listen"),
  caFile: z.string().default("").describe("authority of the management server's certificate; needed with --listen"),
  controlSocket: z
    .string()
    .min(1)
    .default("/run/contrail/cloudstack-plugin-control.sock")
    .describe("unix socket of status and events, for its owner only"),
  configSocket: z
    .string()
    .min(1)
    .default("/run/contrail/config-rest.sock")
    .describe("unix socket of the configuration node's VNC REST API"),
  configUrl: z.string().default("").describe("the same API elsewhere, https://<host>:8082; empty: the unix socket"),
  configCaFile: z.string().default("").describe("PEM file of the CA of that API's certificate"),
  configKeyFile: z.string().default("").describe("file, mode 0600, of an API key of the cloud's administrator"),
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
    .describe(
      "file with the webhook's secret key, for its owner only; none: events are not checked, they only wake the reconciler",
    ),
  introspectListen: loopbackEndpoint.default("127.0.0.1:8096").describe("introspect: a loopback address and port"),
  introspectSocket: z.string().default("").describe("unix socket of introspect; empty: none"),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("least level that is logged"),
});

/** Settings of the CloudStack plugin: flags, or CONTRAIL_* in the environment. */
export const SETTINGS = FIELDS.superRefine((given, context) => {
  for (const key of ["certificateFile", "keyFile", "caFile"] as const) {
    if (given.listen === "" || given[key] !== "") continue;
    context.addIssue({ code: "custom", path: [key], message: "is needed with --listen; contrail ca makes one" });
  }
  if (given.webhookListen !== "" && given.webhookSecret === "" && !isLoopback(given.webhookListen)) {
    const message = "is needed where --webhook-listen is no loopback address";
    context.addIssue({ code: "custom", path: ["webhookSecret"], message });
  }
});

export type Settings = z.infer<typeof SETTINGS>;

/** Reads and checks the settings. Throws ContrailError naming the flag. */
export function readSettings(): Settings {
  return parseSettings(SETTINGS, process.argv.slice(2), process.env);
}
