import { join } from "node:path";
import type { Directories } from "../config.ts";
import { devcloudPlan, pluginPlan, RESOLVER, resolverPlan } from "./cloud-plan.ts";
import {
  addressOf,
  CONTROL_NODES,
  type EngineChoice,
  HOSTS,
  type NodePlan,
  portSocket,
  type Wishes,
} from "./layout.ts";
import { busFlags, serverPlans, storeFlags, wantedServers } from "./server-plan.ts";

/** A host of the embedded system takes 32 MB for them. */
const FLOWS_PER_HOST = "262144";
const BUS_PORT = 9_094;
const AGENT_PORT = 5_269;

/** All nodes, in the order of starting. */
export function plan(directories: Directories, { engine }: EngineChoice, wishes: Wishes): readonly NodePlan[] {
  const { state, run } = directories;
  const pki = ["--pki-dir", join(state, "pki")];
  const hosts = HOSTS.flatMap((name) =>
    engine === "typescript"
      ? [enginePlan(name, run, pki), agentPlan(name, state, run, pki, engine)]
      : [agentPlan(name, state, run, pki, engine)],
  );
  const control = CONTROL_NODES.map((name) => controlPlan(name, directories, pki, wishes));
  const cloud = [resolverPlan(), devcloudPlan(directories, engine, wishes.cloudPort), pluginPlan(directories)];
  return [...serverPlans(directories, wishes), configPlan(directories, pki, wishes), ...control, ...hosts, ...cloud];
}

function configPlan(directories: Directories, pki: readonly string[], wishes: Wishes): NodePlan {
  const { state, run } = directories;
  const address = addressOf("config");
  const sockets = { rest: join(run, "config-rest.sock"), introspect: join(run, "config-introspect.sock") };
  const isEmbedded = wishes.bus === "embedded";
  const bus = isEmbedded ? ["--bus-listen", `${address}:${BUS_PORT}`] : busFlags(directories);
  const flags = ["--data-dir", join(state, "config"), ...storeFlags(directories, wishes), ...bus, ...pki];
  return {
    name: "config",
    role: "config",
    certificateRole: "config",
    namespace: "oc-config",
    address,
    program: "services/config-node/src/main.ts",
    flags: [...flags, "--rest-socket", sockets.rest, "--introspect-socket", sockets.introspect],
    urls: {
      rest: "http://127.0.0.1:8082",
      introspect: "http://127.0.0.1:8084",
      ...(isEmbedded ? { bus: `grpcs://${address}:${BUS_PORT}` } : {}),
    },
    sockets,
    after: wantedServers(wishes).map((kind) => `${kind}1`),
  };
}

function controlPlan(name: string, directories: Directories, pki: readonly string[], wishes: Wishes): NodePlan {
  const { run } = directories;
  const address = addressOf(name);
  const sockets = { introspect: join(run, `${name}-introspect.sock`) };
  const isEmbedded = wishes.bus === "embedded";
  const bus = isEmbedded ? ["--bus-address", `${addressOf("config")}:${BUS_PORT}`] : busFlags(directories);
  const flags = ["--name", name, "--address", address, ...bus, ...pki];
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
    after: isEmbedded ? [] : ["kafka1"],
  };
}

function agentPlan(name: string, state: string, run: string, pki: readonly string[], engine: string): NodePlan {
  const address = addressOf(name);
  const sockets = { ports: portSocket(run, name), introspect: join(run, `${name}-introspect.sock`) };
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
      ...["--resolvers", RESOLVER],
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
