import { join } from "node:path";
import { type Directories, pathWith } from "../config.ts";
import { addressOf, type EngineChoice, FABRIC, HOSTS, type NodePlan, portSocket } from "./layout.ts";

/** Port of CloudStack's API inside its namespace. */
const API_PORT = 8_080;
const PLUGIN_INTROSPECT_PORT = 8_096;
const PLUGIN_EVENTS_PORT = 8_095;
/** Where the cloud tells the plugin of events; both are in one namespace. */
export const EVENTS_URL = `http://127.0.0.1:${PLUGIN_EVENTS_PORT}/cloudstack/events`;

/** Name server that hosts and their machines reach: it asks those of this machine. */
export const RESOLVER = "172.30.1.1";

/** Paths of DevCloud that others need: its unix socket, the key file, the extensions' directory, the plugin's socket. */
export function cloudPaths({ state, run }: Directories) {
  return {
    apiSocket: join(run, "devcloud.sock"),
    keyFile: join(state, "cloudstack.ini"),
    extensions: join(state, "extensions"),
    pluginSocket: join(run, "cloudstack-plugin.sock"),
    pluginControl: join(run, "cloudstack-plugin-control.sock"),
    webhookSecret: join(state, "cloudstack-webhook.secret"),
    /** Stand-ins for programs that this machine may lack. */
    programs: join(run, "bin"),
  } as const;
}

/** URL of CloudStack's API on a port of the loopback. */
export function cloudUrl(port: number): string {
  return `http://127.0.0.1:${port}/client/api`;
}

/** Unix socket of DevCloud's introspect. */
export function devcloudIntrospect({ run }: Directories): string {
  return join(run, "devcloud-introspect.sock");
}

/** The development cloud: it runs machines on the hosts, and the extension's executable. */
export function devcloudPlan(directories: Directories, engine: EngineChoice["engine"], cloudPort: number): NodePlan {
  const { state, run } = directories;
  const { apiSocket, keyFile, extensions, programs } = cloudPaths(directories);
  const sockets = { api: apiSocket, introspect: devcloudIntrospect(directories) };
  const hosts = HOSTS.map((name) => [name, addressOf(name), `oc-${name}`, portSocket(run, name)].join("="));
  return {
    name: "devcloud",
    role: "devcloud",
    certificateRole: undefined,
    namespace: "oc-cloud",
    address: addressOf("cloud"),
    program: "services/devcloud/src/main.ts",
    flags: [
      ...["--data-dir", join(state, "devcloud"), "--key-file", keyFile, "--extensions-dir", extensions],
      ...["--listen", `127.0.0.1:${API_PORT}`, "--socket", sockets.api, "--introspect-socket", sockets.introspect],
      ...["--public-url", cloudUrl(cloudPort), "--zone-dns", RESOLVER],
      ...["--hypervisor", "namespaces", "--hosts", hosts.join(","), "--plain-frames", `${engine === "typescript"}`],
    ],
    urls: { api: `http://127.0.0.1:${API_PORT}` },
    sockets,
    environment: { PATH: pathWith(programs) },
  };
}

/** The CloudStack plugin, beside the cloud as on a management server. */
export function pluginPlan(directories: Directories): NodePlan {
  const { run } = directories;
  const { pluginSocket, pluginControl, keyFile, webhookSecret } = cloudPaths(directories);
  const sockets = {
    extension: pluginSocket,
    control: pluginControl,
    introspect: join(run, "cloudstack-plugin-introspect.sock"),
  };
  return {
    name: "cloudstack-plugin",
    role: "plugin",
    certificateRole: undefined,
    namespace: "oc-cloud",
    address: addressOf("cloud"),
    program: "services/cloudstack-plugin/src/main.ts",
    flags: [
      ...["--socket", sockets.extension, "--control-socket", sockets.control],
      ...["--config-socket", join(run, "config-rest.sock")],
      ...["--cloudstack-url", cloudUrl(API_PORT), "--cloudstack-keys", keyFile],
      ...["--webhook-listen", `127.0.0.1:${PLUGIN_EVENTS_PORT}`, "--webhook-secret", webhookSecret],
      ...["--introspect-listen", `127.0.0.1:${PLUGIN_INTROSPECT_PORT}`, "--introspect-socket", sockets.introspect],
    ],
    urls: { introspect: `http://127.0.0.1:${PLUGIN_INTROSPECT_PORT}`, events: EVENTS_URL },
    sockets,
    after: ["config", "devcloud"], // It asks both at once, and would say that they do not answer.
  };
}

/** The name server of hosts and machines: their namespaces reach no other. */
export function resolverPlan(): NodePlan {
  return {
    name: "resolver",
    role: "resolver",
    certificateRole: undefined,
    namespace: FABRIC,
    address: RESOLVER,
    program: "services/cli/src/resolver/resolver-main.ts",
    flags: [RESOLVER],
    urls: { dns: `dns://${RESOLVER}:53` },
    sockets: {},
  };
}
