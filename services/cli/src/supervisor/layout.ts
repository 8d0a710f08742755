import { join } from "node:path";
import type { Role } from "@contrail/pki";
import { type Directories, REPOSITORY } from "../config.ts";

/** The data plane that the hosts run, and why. */
export interface EngineChoice {
  readonly engine: "ebpf" | "typescript";
  readonly reason: string;
}

/** One node of the embedded system: a namespace with an address, and the process in it. */
export interface NodePlan {
  readonly name: string;
  readonly role: "config" | "control" | "vrouter" | "engine";
  readonly certificateRole: Role;
  readonly namespace: string;
  readonly address: string;
  /** Entry point below the repository, and its flags. */
  readonly program: string;
  readonly flags: readonly string[];
  /** Reachable inside the namespace. */
  readonly urls: Readonly<Record<string, string>>;
  /** Reachable from everywhere on the machine. */
  readonly sockets: Readonly<Record<string, string>>;
}

/** A host of the embedded system takes 32 MB for them. */
const FLOWS_PER_HOST = "262144";

/** Namespaces with an underlay address, one /24 each; the router between them has .1. */
export const UNDERLAY: readonly { readonly namespace: string; readonly address: string; readonly gateway: string }[] = [
  { namespace: "oc-config", address: "172.30.10.2", gateway: "172.30.10.1" },
  { namespace: "oc-control1", address: "172.30.11.2", gateway: "172.30.11.1" },
  { namespace: "oc-control2", address: "172.30.12.2", gateway: "172.30.12.1" },
  { namespace: "oc-host1", address: "172.30.1.2", gateway: "172.30.1.1" },
  { namespace: "oc-host2", address: "172.30.2.2", gateway: "172.30.2.1" },
];

export const FABRIC = "oc-fabric";
export const MACHINE_PREFIX = "oc-m-";
export const HOSTS = ["host1", "host2"] as const;
export const CONTROL_NODES = ["control1", "control2"] as const;
export const AUTONOMOUS_SYSTEM = 64_512;
const BUS_PORT = 9_094;
const AGENT_PORT = 5_269;

/** The underlay address of a node. */
export function addressOf(node: string): string {
  return UNDERLAY.find(({ namespace }) => namespace === `oc-${node}`)?.address ?? "";
}

/** All nodes, in the order of starting. */
export function plan({ state, run }: Directories, { engine }: EngineChoice): readonly NodePlan[] {
  const pki = ["--pki-dir", join(state, "pki")];
  const hosts = HOSTS.flatMap((name) =>
    engine === "typescript"
      ? [enginePlan(name, run, pki), agentPlan(name, state, run, pki, engine)]
      : [agentPlan(name, state, run, pki, engine)],
  );
  return [configPlan(state, run, pki), ...CONTROL_NODES.map((name) => controlPlan(name, run, pki)), ...hosts];
}

function configPlan(state: string, run: string, pki: readonly string[]): NodePlan {
  const address = addressOf("config");
  const sockets = { rest: join(run, "config-rest.sock"), introspect: join(run, "config-introspect.sock") };
  const flags = ["--data-dir", join(state, "config"), "--bus-listen", `${address}:${BUS_PORT}`, ...pki];
  return {
    name: "config",
    role: "config",
    certificateRole: "config",
    namespace: "oc-config",
    address,
    program: "services/config-node/src/main.ts",
    flags: [...flags, "--rest-socket", sockets.rest, "--introspect-socket", sockets.introspect],
    urls: { rest: "http://127.0.0.1:8082", introspect: "http://127.0.0.1:8084", bus: `grpcs://${address}:${BUS_PORT}` },
    sockets,
  };
}

function controlPlan(name: string, run: string, pki: readonly string[]): NodePlan {
  const address = addressOf(name);
  const sockets = { introspect: join(run, `${name}-introspect.sock`) };
  const flags = ["--name", name, "--address", address, "--bus-address", `${addressOf("config")}:${BUS_PORT}`, ...pki];
  return {
    name,
    role: "control",
    certificateRole: "control",
    namespace: `oc-${name}`,
    address,
    program: "services/control-node/src/main.ts",
    flags: [...flags, "--introspect-socket", sockets.introspect],
    urls: {
      introspect: "http://127.0.0.1:8083",
      bgp: `bgp://${address}:179`,
      agents: `grpcs://${address}:${AGENT_PORT}`,
    },
    sockets,
  };
}

function agentPlan(name: string, state: string, run: string, pki: readonly string[], engine: string): NodePlan {
  const address = addressOf(name);
  const sockets = { ports: join(run, `${name}-ports.sock`), introspect: join(run, `${name}-introspect.sock`) };
  const controlNodes = CONTROL_NODES.map((node) => `${addressOf(node)}:${AGENT_PORT}`).join(",");
  const dataPlane =
    engine === "ebpf"
      ? ["--engine", "ebpf", "--pin-dir", `/sys/fs/bpf/contrail/${name}`, "--flows-per-host", FLOWS_PER_HOST]
      : ["--engine", "typescript", "--engine-socket", join(run, `${name}-engine.sock`)];
  return {
    name,
    role: "vrouter",
    certificateRole: "agent",
    namespace: `oc-${name}`,
    address,
    program: "services/vrouter-agent/src/main.ts",
    flags: [
      ...[
        "--name",
        name,
        "--address",
        address,
        "--control-nodes",
        controlNodes,
        "--state-dir",
        join(state, name),
        ...pki,
      ],
      ...["--port-socket", sockets.ports, "--introspect-socket", sockets.introspect, ...dataPlane],
    ],
    urls: { ports: "http://127.0.0.1:9091", introspect: "http://127.0.0.1:8085" },
    sockets,
  };
}

function enginePlan(host: string, run: string, pki: readonly string[]): NodePlan {
  const socket = join(run, `${host}-engine.sock`);
  return {
    name: `engine-${host}`,
    role: "engine",
    certificateRole: "engine",
    namespace: `oc-${host}`,
    address: addressOf(host),
    program: "services/vrouter-engine/src/main.ts",
    flags: ["--name", host, "--socket", socket, ...pki],
    urls: {},
    sockets: { engine: socket },
  };
}

/** The absolute path of a program of the repository. */
export function programPath(program: string): string {
  return join(REPOSITORY, program);
}
