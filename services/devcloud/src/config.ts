import { ContrailError } from "@contrail/errors";
import { isLoopback, parseSettings } from "@contrail/runtime";
import { z } from "zod";

/** Settings of DevCloud: flags, or CONTRAIL_* in the environment. */
export const SETTINGS = z.object({
  name: z.string().min(1).default("devcloud").describe("name of this node, in introspect"),
  listen: z.string().default("127.0.0.1:8080").describe("CloudStack's API, plain HTTP: a loopback address and port"),
  socket: z.string().default("").describe("unix socket of the same API; empty: none"),
  introspectListen: z.string().default("").describe("introspect: a loopback address and port; empty: none"),
  introspectSocket: z.string().default("").describe("unix socket of introspect; empty: none"),
  dataDir: z.string().min(1).describe("directory of the database; made if absent"),
  extensionsDir: z
    .string()
    .default("")
    .describe(
      "directory of the extensions' executables, <name>/<name>.sh; empty: `extensions` below the data directory",
    ),
  adminPassword: z.string().min(1).default("password").describe("password of user admin, when the database is made"),
  keyFile: z
    .string()
    .default("")
    .describe("cloudstack.ini with the admin's key, written at start, mode 0600; empty: below the data directory"),
  publicUrl: z
    .string()
    .default("")
    .describe("URL of the API in the key file, where clients reach it elsewhere; empty: that of --listen"),
  zoneDns: z
    .union([z.literal(""), z.ipv4()])
    .default("")
    .describe("name server of the zone, for the outside's names; empty: one of an address for documentation"),
  hypervisor: z
    .enum(["simulator", "namespaces"])
    .default("simulator")
    .describe("what runs machines: nothing, or network namespaces plugged into hosts"),
  hosts: z
    .string()
    .default("")
    .describe(
      "hosts, by commas: name=address, or for namespaces name=address=namespace=socket of the agent's port API; empty: two simulated ones",
    ),
  plainFrames: z
    .stringbool()
    .default(false)
    .describe("machines send whole checksums and no large frames, as the TypeScript engine needs"),
  maxPerAccount: z.coerce
    .number()
    .int()
    .min(1)
    .default(100)
    .describe(
      "webhooks, key pairs, user data and affinity groups of an account, of each, and API keys of a user, whose oldest goes then: CloudStack has no limits of these",
    ),
  expungeDelaySeconds: z.coerce
    .number()
    .int()
    .min(1)
    .default(86_400)
    .describe("seconds after which a destroyed machine goes for good"),
  networkGcSeconds: z.coerce
    .number()
    .int()
    .min(1)
    .default(600)
    .describe("seconds after which a network without running machines is taken out of the back end"),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("least level that is logged"),
});

export type Settings = z.infer<typeof SETTINGS>;

/** A host of `--hosts`. */
export interface HostSetting {
  readonly name: string;
  readonly address: string;
  readonly namespace: string;
  readonly portSocket: string;
}

const SIMULATED_HOSTS = "host1=192.0.2.11,host2=192.0.2.12";

/** The hosts that `--hosts` names. */
export function hostSettings({ hosts }: Pick<Settings, "hosts">): readonly HostSetting[] {
  return (hosts === "" ? SIMULATED_HOSTS : hosts).split(",").map((item) => {
    const [name = "", address = "", namespace = "", portSocket = ""] = item.split("=");
    return { name, address, namespace, portSocket };
  });
}

/** Reads and checks the settings. Throws ContrailError naming the flag. */
export function readSettings(): Settings {
  const settings = parseSettings(SETTINGS, process.argv.slice(2), process.env);
  if (!isLoopback(settings.listen)) {
    throw wrong("--listen", "this must be a loopback address: DevCloud is plain HTTP and for development");
  }
  const needsSockets = settings.hypervisor === "namespaces";
  if (needsSockets && hostSettings(settings).some(({ portSocket }) => portSocket === "")) {
    throw wrong("--hosts", "namespaces need name=address=namespace=socket of each host");
  }
  return settings;
}

function wrong(flag: string, what: string): ContrailError {
  return new ContrailError("settings.bad_request", `${flag}: ${what}. See --help.`);
}
