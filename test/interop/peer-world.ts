import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseInetAddress } from "@contrail/net";
import type { ConfigObject } from "@contrail/schema";
import { vi } from "vitest";
import type { AgentCommand, AgentReport, SaidHello } from "./agent-protocol.ts";
import { Capture } from "./capture.ts";
import { ConfigLog } from "./config-log.ts";
import { INSTANCE } from "./config-objects.ts";
import { ControlNodeProcess } from "./control-node-process.ts";
import { LineProcess } from "./line-process.ts";
import { createNetwork, OURS, removeNetwork } from "./network.ts";

/** How long a test waits for what must come; no bar. */
export const DEADLINE = { timeout: 60_000, interval: 100 };

/** An agent's end of a session. */
export type AgentProcess = LineProcess<AgentCommand, AgentReport>;

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
    await Promise.all([...peers.map((peer) => peer?.stop()), this.capture.stop()]);
    removeNetwork();
    await this.log.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
