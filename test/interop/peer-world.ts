import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseInetAddress } from "@contrail/net";
import type { ConfigObject } from "@contrail/schema";
import { expect, vi } from "vitest";
import type { AgentCommand, AgentReport, SaidHello } from "./agent-protocol.ts";
import { Capture } from "./capture.ts";
import { ConfigLog } from "./config-log.ts";
import { bgpRouters, INSTANCE } from "./config-objects.ts";
import { ControlNodeProcess } from "./control-node-process.ts";
import { Frr } from "./frr.ts";
import { GoBgp } from "./gobgp.ts";
import { LineProcess } from "./line-process.ts";
import { createNetwork, FRR, GOBGP, OURS, removeNetwork } from "./network.ts";

/** How long a test waits for what must come; no bar. */
export const DEADLINE = { timeout: 60_000, interval: 100 };

/** An agent's end of a session. */
export type AgentProcess = LineProcess<AgentCommand, AgentReport>;

/** Who hears what an agent says: the routers and another agent. */
export interface Company {
  readonly frr: Frr;
  readonly gobgp: GoBgp;
  /** Of the first host. */
  readonly agent: AgentProcess;
  /** Of the second host. */
  readonly other: AgentProcess;
}

/** Resolves when all these texts are shown at once. */
export function shows(show: () => string, ...texts: readonly string[]): Promise<void> {
  return vi.waitFor(() => {
    const shown = show();
    for (const text of texts) expect(shown).toContain(text);
  }, DEADLINE);
}

/** What can be stopped at the end. */
interface Peer {
  stop(): Promise<void>;
}

/** What tests with real peers live in: namespaces, a capture, a configuration log, and the control node as a process. */
export class PeerWorld {
  /** Goes with the world; the peers' own users may read there. */
  readonly folder = mkdtempSync(join(tmpdir(), "oct-peers-"));
  readonly log = new ConfigLog();
  readonly capture: Capture;
  readonly #agents: AgentProcess[] = [];
  readonly #peers: Peer[] = [];
  #node: ControlNodeProcess | undefined;

  /** Makes the namespaces. */
  constructor() {
    chmodSync(this.folder, 0o755);
    createNetwork();
    this.capture = new Capture(this.folder);
  }

  get node(): ControlNodeProcess {
    if (this.#node === undefined) throw new Error("the world has not been started");
    return this.#node;
  }

  /** Starts the control node with this configuration; hosts: agents that may come, with their addresses. */
  async start(objects: readonly ConfigObject[], hosts: Readonly<Record<string, string>> = {}): Promise<void> {
    const agents = Object.entries(hosts).map(
      ([name, address]) => ({ role: "agent", name, addresses: [address] }) as const,
    );
    const own = { role: "control", name: "control1", addresses: [OURS.address] } as const;
    await this.log.start(`unix:${join(this.folder, "log.sock")}`, [own, ...agents]);
    await this.log.configure(...objects);
    const node = new ControlNodeProcess(this.folder, this.log);
    this.#node = node;
    await vi.waitFor(() => node.introspect("status"), DEADLINE);
  }

  /**
   * Starts the control node of cluster 77 with this configuration between FRR, GoBGP and agents of the first two hosts,
   * which say this hello and no routes yet; resolves when both sessions are up.
   */
  async startInCompany(
    objects: readonly ConfigObject[],
    hosts: Readonly<{ host1: string; host2: string }>,
    hello: SaidHello,
  ): Promise<Company> {
    const routers = { control1: OURS.address, frr: FRR.address, gobgp: GOBGP.address };
    await this.start([...bgpRouters(routers, 179, { control1: { cluster_id: 77 } }), ...objects], { ...hosts });
    const frr = new Frr(this.folder);
    this.#peers.push(frr);
    const gobgp = new GoBgp(this.folder);
    this.#peers.push(gobgp);
    const agent = this.startAgent("host1", hosts.host1, hello);
    const other = this.startAgent("host2", hosts.host2, hello);
    for (const each of [agent, other]) each.tell({ kind: "end-of-rib" });
    await vi.waitFor(() => expect([agent, other].map(({ lines }) => lines.at(-1)?.up)).toEqual([true, true]), DEADLINE);
    return { frr, gobgp, agent, other };
  }

  /** An agent of a host, subscribed to network red. */
  startAgent(name: string, address: string, hello: SaidHello = {}): AgentProcess {
    const program = fileURLToPath(new URL("agent-process.ts", import.meta.url));
    const host = String(parseInetAddress(address));
    const control = `${OURS.address}:5269`;
    const agent: AgentProcess = new LineProcess(OURS.namespace, program, this.log.directory, name, host, control);
    agent.tell({ kind: "hello", address, ...hello });
    agent.tell({ kind: "subscribe", vrf: INSTANCE, instanceId: 3 });
    this.#agents.push(agent);
    return agent;
  }

  /** Ends everything, these peers too; nothing is left. */
  async close(...peers: readonly (Peer | undefined)[]): Promise<void> {
    for (const agent of this.#agents) await agent.stop();
    await this.#node?.stop();
    await Promise.all([...this.#peers, ...peers].map((peer) => peer?.stop()).concat(this.capture.stop()));
    removeNetwork();
    await this.log.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
