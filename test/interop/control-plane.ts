import { join } from "node:path";
import { AgentClient, SETTINGS as CONTROL_SETTINGS, startControlNode } from "@contrail/control-node/testing";
import { parseInetAddress } from "@contrail/net";
import { silentLogger } from "@contrail/observability";
import { identityFiles } from "@contrail/pki";
import { type RunningService, systemClock } from "@contrail/runtime";
import { Agent, ControlSessions, StateFiles, TableDataPlane } from "@contrail/vrouter-agent/testing";
import { vi } from "vitest";
import { ConfigLog } from "./config-log.ts";
import { bgpRouters, virtualRouters } from "./config-objects.ts";
import { ControlNodeProcess } from "./control-node-process.ts";

export const CONTROL = { control1: "127.0.84.1", control2: "127.0.84.2" } as const;
const HOSTS = { host1: "127.0.85.1", host2: "127.0.85.2" } as const;
/** Where tunnels to hosts may end by BGP, which takes no loopback address as next hop; nothing is sent there. */
export const TUNNEL_ENDS = { host1: "172.31.85.1", host2: "172.31.85.2" } as const;
/**
 * An agent of tests' own making beside the hosts; no virtual-router, so that no node waits for it. Its routes go from one
 * node to the other, those of hosts on loopback do not.
 */
export const BULK = { name: "bulk", address: "172.31.85.9" } as const;
export type ControlName = keyof typeof CONTROL;
export type HostName = keyof typeof HOSTS;
type HostAddresses = Readonly<Record<HostName, string>>;

const AGENT_PORT = 15_269;
export const BGP_PORT = 10_179;
const INTROSPECT_PORT = 18_083;
/** 10.0.0.0, network red. */
const NETWORK = 0x0a000000;

/** One running agent; its data plane and files outlive it. */
export interface Host {
  readonly agent: Agent;
  readonly sessions: ControlSessions;
  stop(): void;
}

/** A log server, control nodes and agents in this process, over real TCP, TLS and BGP on loopback addresses. */
export class ControlPlane {
  readonly log = new ConfigLog();
  readonly dataPlanes = { host1: new TableDataPlane(), host2: new TableDataPlane() };
  readonly #addresses: HostAddresses;
  readonly #nodes = new Map<ControlName, Pick<RunningService, "stop">>();
  readonly #hosts = new Map<HostName, Host>();
  readonly #clients: AgentClient[] = [];
  readonly #stop = new AbortController();

  constructor(addresses: HostAddresses = HOSTS) {
    this.#addresses = addresses;
  }

  async start(): Promise<void> {
    await this.log.start("127.0.0.1:0", [
      ...Object.entries(CONTROL).map(([name, address]) => ({ role: "control", name, addresses: [address] }) as const),
      ...Object.entries(this.#addresses).map(
        ([name, address]) => ({ role: "agent", name, addresses: [address] }) as const,
      ),
      { role: "agent", name: BULK.name, addresses: [BULK.address] },
    ]);
    await this.log.configure(...bgpRouters(CONTROL, BGP_PORT), ...virtualRouters(...Object.keys(this.#addresses)));
  }

  /** holdMs: how long an agent may be silent; bare clients say no keepalives. */
  async startNode(name: ControlName, holdMs = 5_000): Promise<void> {
    const settings = CONTROL_SETTINGS.parse({
      name,
      address: CONTROL[name],
      busAddress: this.log.address,
      pkiDir: this.log.directory,
      logLevel: "silent",
      ...settingsOf(name),
      holdMs,
    });
    this.#nodes.set(name, await startControlNode(settings, this.#stop.signal));
  }

  /** The same as a process of its own, which can be killed. */
  async startProcess(name: ControlName): Promise<ControlNodeProcess> {
    const flags = Object.entries(settingsOf(name)).map(([key, value]) => [kebab(key), value] as const);
    const place = { name, address: CONTROL[name], namespace: undefined, flags: Object.fromEntries(flags) };
    const node = new ControlNodeProcess(this.log.directory, this.log, place);
    this.#nodes.set(name, node);
    await vi.waitFor(() => node.introspect("status"), { timeout: 60_000, interval: 20 });
    return node;
  }

  /** An agent that says what a test tells it to. */
  bulkAgent(node: ControlName): AgentClient {
    const identity = identityFiles(this.log.directory, { role: "agent", name: BULK.name });
    const client = new AgentClient(`${CONTROL[node]}:${AGENT_PORT}`, identity);
    client.hello(BULK.name, BULK.address, true);
    return client;
  }

  /** Addresses, as last octets or more, of the routes that a host leads into a tunnel. */
  tunnelled(name: HostName): readonly number[] {
    const dataPlane = this.dataPlanes[name];
    const tunnels = new Set(
      dataPlane.rowsOf("next-hop").flatMap(({ id, action }) => (action.kind === "tunnel" ? id : [])),
    );
    const routes = dataPlane.rowsOf("route").filter(({ nextHop }) => tunnels.has(nextHop));
    return routes.map(({ prefix }) => prefix.address - NETWORK).sort((a, b) => a - b);
  }

  /** Kills one that is a process, without a word. */
  async killNode(name: ControlName): Promise<void> {
    const node = this.#nodes.get(name);
    if (!(node instanceof ControlNodeProcess)) throw new Error(`${name} is no process`);
    await node.stop("SIGKILL");
    this.#nodes.delete(name);
  }

  async stopNode(name: ControlName): Promise<void> {
    await this.#nodes.get(name)?.stop();
    this.#nodes.delete(name);
  }

  /** True where a control node has heard everybody since it started, and has told its agents that this was all. */
  async hasHeardAll(name: ControlName): Promise<boolean> {
    return ((await this.page(name, "status")) as { readonly endOfRibSent: boolean }).endOfRibSent; // Its own page.
  }

  /** An agent with the ports that its files have; it talks to these control nodes. */
  startHost(name: HostName, nodes: readonly ControlName[] = ["control1", "control2"]): Host {
    const hostAddress = parseInetAddress(this.#addresses[name]) ?? 0;
    const dataPlane = this.dataPlanes[name];
    dataPlane.reopen();
    const settings = {
      localAddress: hostAddress,
      underlayDevice: "eth0",
      underlayMtuBytes: 1_500,
      puntDevice: "pkt0",
      puntsPerSecond: 50,
      flowsPerInterface: 100_000,
    };
    const files = new StateFiles(join(this.log.directory, name), silentLogger);
    const [clock, logger] = [systemClock, silentLogger];
    const agent = new Agent({ settings, dataPlane, files, clock, logger });
    const identity = identityFiles(this.log.directory, { role: "agent", name });
    const options = nodes.map((node) => ({
      address: `${CONTROL[node]}:${AGENT_PORT}`,
      agentName: name,
      hostAddress,
      version: "test",
      identity,
      clock,
      logger,
      random: Math.random,
    }));
    const sessions = new ControlSessions(options, agent, clock);
    sessions.start();
    const host = {
      agent,
      sessions,
      stop: () => {
        sessions.close();
        agent.close();
        this.#hosts.delete(name);
      },
    };
    this.#hosts.set(name, host);
    return host;
  }

  /** The bare session of an agent with one control node, which says what a test tells it to. */
  client(name: HostName, node: ControlName): AgentClient {
    const identity = identityFiles(this.log.directory, { role: "agent", name });
    const client = new AgentClient(`${CONTROL[node]}:${AGENT_PORT}`, identity);
    this.#clients.push(client);
    client.hello(name, this.#addresses[name]);
    return client;
  }

  /** A page of a control node's introspect. */
  async page(name: ControlName, path: string): Promise<unknown> {
    return (await fetch(`http://${CONTROL[name]}:${INTROSPECT_PORT}/${path}`)).json();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    for (const host of [...this.#hosts.values()]) host.stop();
    for (const name of [...this.#nodes.keys()]) await this.stopNode(name);
    this.#stop.abort();
    await this.log.close();
  }
}

/** What the nodes are set to in both forms. */
function settingsOf(name: ControlName) {
  return {
    bgpPort: BGP_PORT,
    agentPort: AGENT_PORT,
    introspectListen: `${CONTROL[name]}:${INTROSPECT_PORT}`,
    keepaliveMs: 200,
    holdMs: 5_000,
    endOfRibWaitMs: 60_000,
  };
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
