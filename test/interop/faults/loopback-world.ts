import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeUpdate, encodeAttributes, encodeReach, UPDATE } from "@contrail/bgp";
import { AgentClient, RawPeer } from "@contrail/control-node/testing";
import { identityFiles } from "@contrail/pki";
import { systemClock } from "@contrail/runtime";
import type { JsonObject } from "@contrail/schema";
import { vi } from "vitest";
import { ConfigLog } from "../config-log.ts";
import { bgpRouters, redNetwork, virtualRouters } from "../config-objects.ts";
import { ControlNodeProcess } from "../control-node-process.ts";

/** How long a test waits for what must come; no bar. */
export const DEADLINE = { timeout: 60_000, interval: 20 };
const [BGP_PORT, AGENT_PORT] = [10_186, 15_286];
const NODE = "127.0.86.1";
/** Where agents connect to. */
export const AGENTS = { host: NODE, port: AGENT_PORT };
const TARGET = "target:64512:8000001";
const TARGET_COMMUNITY = 0x0002fc00007a1201n;

/** What one peer says and learns. */
export interface LoopbackPeer {
  readonly peer: RawPeer;
  /** Labels of the routes that it has been sent, by address. */
  readonly labels: Map<number, number>;
  /** Routes that it has been sent, each as often as it came. */
  received: number;
  /** Longest that nothing came of the node, milliseconds. */
  silenceMs: number;
}

/** What introspect shows of a peer, as far as these tests look. */
export interface Neighbour {
  readonly name: string;
  readonly state: string;
  readonly establishedCount: number;
  readonly lastDownReason: string;
  readonly outputBytes: number;
}

/** One control node as a process on loopback, which reflects between BGP peers of the test's making, and has agents. */
export class LoopbackWorld {
  readonly #folder = mkdtempSync(join(tmpdir(), "contrail-loopback-"));
  readonly #log = new ConfigLog();
  readonly #names: readonly string[];
  readonly #peers: RawPeer[] = [];
  readonly #agents: AgentClient[] = [];
  #node: ControlNodeProcess | undefined;

  /** The first host is 127.0.87.1, the first peer 127.0.86.2. */
  constructor(...peers: readonly string[]) {
    this.#names = peers;
  }

  get node(): ControlNodeProcess {
    if (this.#node === undefined) throw new Error("the world has not been started");
    return this.#node;
  }

  /** flags: of the control node; parameters: of the bgp-router of every peer. */
  async start(flags: Readonly<Record<string, number>> = {}, parameters: JsonObject = {}, hosts = 2): Promise<void> {
    const names = Array.from({ length: hosts }, (_, index) => `host${index + 1}`);
    const agents = names.map((name) => ({ role: "agent", name, addresses: [hostAddress(name)] }) as const);
    await this.#log.start("127.0.0.1:0", [{ role: "control", name: "control1", addresses: [NODE] }, ...agents]);
    const routers = Object.fromEntries(
      ["control1", ...this.#names].map((name) => [name, name === "control1" ? NODE : this.address(name)]),
    );
    const more = Object.fromEntries(this.#names.map((name) => [name, parameters]));
    await this.#log.configure(
      ...bgpRouters(routers, BGP_PORT, { control1: { cluster_id: 77, ...parameters }, ...more }),
      ...virtualRouters(...names),
      ...redNetwork(TARGET),
    );
    const place = { name: "control1", address: NODE, namespace: undefined };
    const own = { "bgp-port": BGP_PORT, "agent-port": AGENT_PORT, "introspect-listen": `${NODE}:18083`, ...flags };
    this.#node = new ControlNodeProcess(this.#folder, this.#log, { ...place, flags: own });
    await vi.waitFor(async () => {
      const { peers } = (await this.node.introspect("status")) as { peers: readonly unknown[] };
      if (peers.length !== this.#names.length) throw new Error("the configuration has not come yet");
    }, DEADLINE);
  }

  address(name: string): string {
    return `127.0.86.${this.#names.indexOf(name) + 2}`;
  }

  /** A peer with a session, which keeps it up by keepalives as long as this process can. */
  async join(name: string, holdTimeMs = 90_000): Promise<LoopbackPeer> {
    const made = await vi.waitFor(async () => {
      const known = { labels: new Map<number, number>(), received: 0, silenceMs: 0 };
      let heardMs = performance.now();
      const peer = new RawPeer({
        address: this.address(name),
        node: { address: NODE, port: BGP_PORT },
        settings: { holdTimeMs },
        onMessage: (type, body) => {
          known.silenceMs = Math.max(known.silenceMs, performance.now() - heardMs);
          heardMs = performance.now();
          if (type === UPDATE) learn(known, body);
        },
      });
      await vi.waitFor(() => {
        if (!peer.established && !peer.closed) throw new Error("neither up nor refused");
      }, DEADLINE);
      if (peer.closed) throw new Error(`${name} was refused`);
      return Object.assign(known, { peer });
    }, DEADLINE);
    this.#peers.push(made.peer);
    made.peer.keepAlive(systemClock, holdTimeMs / 3);
    return made;
  }

  /** An agent with a session, subscribed to network red. */
  async agent(name: string): Promise<AgentClient> {
    const identity = identityFiles(this.#log.directory, { role: "agent", name });
    const client = new AgentClient(`${NODE}:${AGENT_PORT}`, identity);
    this.#agents.push(client);
    client.hello(name, hostAddress(name));
    client.subscribe("d:p:red:red", 3);
    await vi.waitFor(() => {
      if (client.of("welcome").length === 0) throw new Error(`${name} is not welcome yet`);
    }, DEADLINE);
    return client;
  }

  async neighbour(name: string): Promise<Neighbour & { readonly inStep: boolean; readonly missed: number }> {
    const { routes, ...peer } = (await this.node.introspect(`neighbour?name=${name}`)) as Neighbour & {
      readonly routes?: { readonly inStep: boolean; readonly missed: number };
    };
    return { inStep: false, missed: 0, ...routes, ...peer, name };
  }

  /** Of the node, as Prometheus reads them. */
  async metrics(): Promise<string> {
    return (await fetch(`http://${NODE}:18083/metrics`)).text();
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) peer.destroy();
    for (const agent of this.#agents) agent.close();
    await this.#node?.stop();
    await this.#log.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** UPDATEs of so many VPN routes of network red, all with one label. */
export function redRoutes(count: number, label: number): Buffer {
  const routes = Array.from({ length: count }, (_, index) => {
    return { rdHigh: 0x0001ac1e, rdLow: 0x01020003, address: 0x0a000000 + index, length: 32, label };
  });
  const attributes = {
    ...{ origin: 0 as const, asPath: [], localPreference: 100, communities: [], clusterList: [], unknown: [] },
    ...{ extendedCommunities: [TARGET_COMMUNITY], largeCommunities: [] },
  };
  const bytes = encodeAttributes(attributes, { fourOctetAs: true });
  const encoded = encodeReach({ family: "inet-vpn", routes, nextHop: 0xac1f0009 }, bytes, 4_096);
  return Buffer.concat(encoded.kind === "encoded" ? encoded.messages : []);
}

const CONTEXT = { fourOctetAs: true, external: false, families: ["inet-vpn"] } as const;

function learn(known: Omit<LoopbackPeer, "peer">, body: Uint8Array): void {
  const verdict = decodeUpdate(body, CONTEXT);
  if (verdict.kind !== "update") return;
  for (const { routes } of verdict.update.unreach) for (const route of routes) known.labels.delete(addressOf(route));
  for (const each of verdict.update.reach) {
    if (each.family !== "inet-vpn") continue;
    known.received += each.routes.length;
    for (const { address, label } of each.routes) known.labels.set(address, label);
  }
}

function addressOf(route: object): number {
  return "address" in route ? Number(route.address) : 0;
}

function hostAddress(name: string): string {
  return `127.0.87.${name.slice("host".length)}`;
}
