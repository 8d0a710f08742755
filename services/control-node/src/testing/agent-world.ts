import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { routeTarget } from "@contrail/bgp";
import { type ConfigGraph, createGraph } from "@contrail/graph";
import { silentLogger } from "@contrail/observability";
import { createAuthority, type Identity, issue } from "@contrail/pki";
import { Rib } from "@contrail/rib";
import { systemClock } from "@contrail/runtime";
import type { ConfigObject } from "@contrail/schema";
import type { agentWire } from "@contrail/wire";
import { AgentServer } from "../shell/agents/agent-server.ts";
import { RibDriver } from "../shell/rib-driver.ts";
import { AgentClient, machineOf, networkOf } from "./agent-client.ts";
import { configObject } from "./config-object.ts";

export const HOST1 = 0x7f000101;
export const HOST2 = 0x7f000102;
/** An instance that imports its own routes alone, and one that imports it too. */
export const [RED, GREEN] = ["d:p:red:red", "d:p:green:green"];
export const FOREVER_MS = 600_000;
/** The hosts' addresses as text. */
const ADDRESSES = { host1: "127.0.1.1", host2: "127.0.1.2", host3: "127.0.1.4" } as const;

/** Who there is in a test of agents' sessions. */
export interface AgentPki {
  readonly control: Identity;
  /** 127.0.1.1 and 127.0.1.3. */
  readonly host1: Identity;
  /** 127.0.1.2. */
  readonly host2: Identity;
  /** 127.0.1.4. */
  readonly host3: Identity;
  remove(): void;
}

/** Makes an authority with a control node and three hosts in a folder of its own. */
export async function createAgentPki(): Promise<AgentPki> {
  const directory = mkdtempSync(join(tmpdir(), "contrail-agents-"));
  await createAuthority(directory);
  return {
    control: await issue(directory, { role: "control", name: "control1", addresses: ["127.0.0.1"] }),
    host1: await issue(directory, { role: "agent", name: "host1", addresses: [ADDRESSES.host1, "127.0.1.3"] }),
    host2: await issue(directory, { role: "agent", name: "host2", addresses: [ADDRESSES.host2] }),
    host3: await issue(directory, { role: "agent", name: "host3", addresses: [ADDRESSES.host3] }),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

/** A control node's side of agents' sessions over real gRPC, and their ends of them. */
export interface AgentWorld {
  readonly rib: Rib;
  readonly driver: RibDriver;
  readonly agents: AgentServer;
  /** Red and green with a machine each, on no host in particular. */
  readonly graph: ConfigGraph;
  /** Takes in objects as new, or as gone, and tells the agents. */
  configure(objects: readonly ConfigObject[], kind?: "upsert" | "remove"): void;
  /** Names of agents that have said their end-of-rib. */
  readonly heard: string[];
  connect(identity: Identity): AgentClient;
  /** A session of a host under its own address, which has kept its forwarding unless told otherwise. */
  session(host: keyof typeof ADDRESSES, said?: SaidInSession): AgentClient;
  stop(): void;
}

/** What a session begins with. */
export interface SaidInSession {
  readonly families?: readonly agentWire.AddressFamily[];
  readonly forwardingPreserved?: boolean;
  /** An instance that it subscribes, with the instance's machine. */
  readonly instance?: string;
}

/** Starts it with the instances red and green; times are for ever unless given. */
export async function startAgentWorld(
  pki: AgentPki,
  timing: { readonly holdMs?: number; readonly gracefulRestartMs?: number } = {},
): Promise<AgentWorld> {
  const rib = new Rib({ autonomousSystem: 64_512, routerId: 1 });
  const driver = new RibDriver(rib, systemClock);
  const [own, green] = [routeTarget(64_512, 1), routeTarget(64_512, 2)];
  rib.setInstance({ name: RED, importTargets: [own], exportTargets: [own], virtualNetworkId: 1 });
  rib.setInstance({ name: GREEN, importTargets: [green, own], exportTargets: [green], virtualNetworkId: 2 });
  const graph = createGraph();
  for (const object of [...tenantObjects(RED), ...tenantObjects(GREEN)]) graph.apply({ kind: "upsert", object });
  const heard: string[] = [];
  const agents = new AgentServer({
    nodeName: "control1",
    autonomousSystem: 64_512,
    graph,
    driver,
    clock: systemClock,
    logger: silentLogger,
    keepaliveMs: 100,
    holdMs: FOREVER_MS,
    gracefulRestartMs: FOREVER_MS,
    onEndOfRib: (name) => heard.push(name),
    ...timing,
  });
  const server = await agents.listen(pki.control, "127.0.0.1:0");
  const clients: AgentClient[] = [];
  const connect = (identity: Identity): AgentClient => {
    const client = new AgentClient(`127.0.0.1:${server.port}`, identity);
    clients.push(client);
    return client;
  };
  let revision = 1n;
  return {
    graph,
    configure: (objects, kind = "upsert") => {
      for (const object of objects) {
        revision += 1n;
        const change = graph.apply(
          kind === "remove"
            ? { kind, type: object.type, uuid: object.uuid, fqName: object.fqName, revision }
            : { kind, object: { ...object, revision } },
        );
        if (change !== undefined) agents.configChanged(change);
      }
      agents.flush();
    },
    rib,
    driver,
    agents,
    heard,
    connect,
    session: (host, said = {}) => begun(connect(pki[host]), host, said),
    stop: () => {
      for (const client of clients.splice(0)) client.close();
      agents.close();
      server.close();
    },
  };
}

function begun(
  client: AgentClient,
  host: keyof typeof ADDRESSES,
  { families, forwardingPreserved = true, instance }: SaidInSession,
): AgentClient {
  client.hello(host, ADDRESSES[host], forwardingPreserved, undefined, families);
  if (instance !== undefined) client.subscribe(instance, 3);
  return client;
}

/** The network of an instance, the instance, and a machine of it: see machineOf. */
export function tenantObjects(instance: string): readonly ConfigObject[] {
  const network = networkOf(instance);
  const machine = machineOf(instance);
  const parent = { parentType: "virtual-network", parentUuid: network };
  return [
    configObject("virtual-network", network, network.split(":"), []),
    { ...configObject("routing-instance", instance, instance.split(":"), []), ...parent },
    configObject("virtual-machine", machine, [machine], []),
    configObject(
      "virtual-machine-interface",
      `interface of ${machine}`,
      [`interface of ${machine}`],
      [
        ["virtual-machine", machine],
        ["virtual-network", network],
      ],
    ),
  ];
}
