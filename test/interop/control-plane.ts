import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONFIG_TOPIC } from "@contrail/bus";
import { type Log, openLog, serveLog } from "@contrail/bus-embedded";
import { formatInetAddress, parseInetAddress } from "@contrail/net";
import { silentLogger } from "@contrail/observability";
import { createAuthority, identityFiles, issue } from "@contrail/pki";
import type { RpcServer } from "@contrail/rpc";
import { type RunningService, systemClock } from "@contrail/runtime";
import type { ConfigObject } from "@contrail/schema";
import { configWire, toWireChange } from "@contrail/wire";
import { SETTINGS as CONTROL_SETTINGS } from "../../services/control-node/src/config.ts";
import { startControlNode } from "../../services/control-node/src/start.ts";
import { readPort } from "../../services/vrouter-agent/src/core/port.ts";
import { Agent } from "../../services/vrouter-agent/src/shell/agent.ts";
import { ControlSessions } from "../../services/vrouter-agent/src/shell/control-sessions.ts";
import { StateFiles } from "../../services/vrouter-agent/src/shell/state-files.ts";
import { TableDataPlane } from "../../services/vrouter-agent/src/shell/table-data-plane.ts";

export const CONTROL = { control1: "127.0.84.1", control2: "127.0.84.2" } as const;
export const HOSTS = { host1: "127.0.85.1", host2: "127.0.85.2" } as const;
export type ControlName = keyof typeof CONTROL;
export type HostName = keyof typeof HOSTS;

const AGENT_PORT = 15_269;
const BGP_PORT = 10_179;

/** One running agent; its data plane and files outlive it. */
export interface Host {
  readonly agent: Agent;
  readonly sessions: ControlSessions;
  stop(): void;
}

/** A log server, control nodes and agents in this process, over real TCP, TLS and BGP on loopback addresses. */
export class ControlPlane {
  readonly directory = mkdtempSync(join(tmpdir(), "contrail-control-plane-"));
  readonly dataPlanes = { host1: new TableDataPlane(), host2: new TableDataPlane() };
  readonly #nodes = new Map<ControlName, RunningService>();
  readonly #hosts = new Map<HostName, Host>();
  readonly #stop = new AbortController();
  #revision = 1n;
  #log: Log | undefined;
  #server: RpcServer | undefined;

  async start(): Promise<void> {
    await createAuthority(this.directory);
    const peers = [
      { role: "config", name: "config", addresses: ["127.0.0.1"] },
      ...Object.entries(CONTROL).map(([name, address]) => ({ role: "control", name, addresses: [address] }) as const),
      ...Object.entries(HOSTS).map(([name, address]) => ({ role: "agent", name, addresses: [address] }) as const),
    ] as const;
    for (const peer of peers) await issue(this.directory, peer);
    this.#log = await openLog(join(this.directory, "log.db"));
    this.#server = await serveLog(
      this.#log,
      identityFiles(this.directory, { role: "config", name: "config" }),
      "127.0.0.1:0",
    );
  }

  /** Writes objects into the log, with rising revisions. */
  async configure(...objects: readonly ConfigObject[]): Promise<void> {
    const records = objects.map((given) => {
      const object = { ...given, revision: this.#revision++ };
      const value = configWire.ObjectChange.encode(toWireChange({ kind: "upsert", object })).finish();
      return { key: Buffer.from(object.uuid), value };
    });
    await this.#log?.append(CONFIG_TOPIC, records);
  }

  async startNode(name: ControlName): Promise<void> {
    const settings = CONTROL_SETTINGS.parse({
      name,
      address: CONTROL[name],
      bgpPort: BGP_PORT,
      agentPort: AGENT_PORT,
      busAddress: `127.0.0.1:${this.#server?.port}`,
      pkiDir: this.directory,
      introspectListen: "127.0.0.1:0",
      keepaliveMs: 200,
      holdMs: 5_000,
      endOfRibWaitMs: 60_000,
      logLevel: "silent",
    });
    this.#nodes.set(name, await startControlNode(settings, this.#stop.signal));
  }

  async stopNode(name: ControlName): Promise<void> {
    await this.#nodes.get(name)?.stop();
    this.#nodes.delete(name);
  }

  /** An agent with the ports that its files have; it talks to these control nodes. */
  startHost(name: HostName, nodes: readonly ControlName[] = ["control1", "control2"]): Host {
    const hostAddress = parseInetAddress(HOSTS[name]) ?? 0;
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
    const files = new StateFiles(join(this.directory, name), silentLogger);
    const [clock, logger] = [systemClock, silentLogger];
    const agent = new Agent({ settings, dataPlane, files, clock, logger });
    const identity = identityFiles(this.directory, { role: "agent", name });
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

  async close(): Promise<void> {
    for (const host of [...this.#hosts.values()]) host.stop();
    for (const name of [...this.#nodes.keys()]) await this.stopNode(name);
    this.#stop.abort();
    this.#server?.close();
    await this.#log?.close();
    rmSync(this.directory, { recursive: true });
  }
}

function object(type: string, uuid: string, more: Partial<ConfigObject> = {}): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, revision: 0n, refs: [], properties: {} };
  return { type, uuid, fqName: ["d", "p", uuid], derived: false, epoch: 0n, ...none, ...more };
}

function ref(toType: string, toUuid: string, toFqName: readonly string[] = ["d", "p", toUuid], attr = {}) {
  return { toType, toUuid, toFqName, attr };
}

/** The nodes themselves: control nodes that peer with each other, and hosts. */
export function fabric(): readonly ConfigObject[] {
  const routers = Object.entries(CONTROL).map(([name, address]) =>
    object("bgp-router", name, {
      refs: name === "control1" ? [ref("bgp-router", "control2")] : [],
      properties: { bgp_router_parameters: { address, port: BGP_PORT, autonomous_system: 64_512 } },
    }),
  );
  return [...routers, ...Object.keys(HOSTS).map((name) => object("virtual-router", name))];
}

export const INSTANCE = "d:p:red:red";

/** Network red, 10.0.0.0/24, that exports and imports one target. */
export function redNetwork(): readonly ConfigObject[] {
  const target = ["target:64512:8000001"];
  const subnet = { subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 24 }, default_gateway: "10.0.0.1" };
  return [
    object("virtual-network", "red", {
      refs: [ref("network-ipam", "ipam", ["ipam"], { ipam_subnets: [subnet] })],
      properties: { virtual_network_network_id: 5 },
    }),
    object("routing-instance", "red-ri", {
      fqName: ["d", "p", "red", "red"],
      parentType: "virtual-network",
      parentUuid: "red",
      refs: [ref("route-target", "rt", target)],
      properties: { routing_instance_is_default: true },
    }),
  ];
}

function uuid(kind: "8" | "9", index: number): string {
  return `00000000-0000-4000-${kind}000-${String(index).padStart(12, "0")}`;
}

/** Machine `index` in network red, address 10.0.0.<index>. */
export function redMachine(index: number): readonly ConfigObject[] {
  const vmi = uuid("8", index);
  const mac = `02:00:00:00:00:${index.toString(16).padStart(2, "0")}`;
  return [
    object("virtual-machine", uuid("9", index)),
    object("instance-ip", `ip${index}`, {
      refs: [ref("virtual-machine-interface", vmi)],
      properties: { instance_ip_address: formatInetAddress(0x0a000000 + index) },
    }),
    object("virtual-machine-interface", vmi, {
      refs: [ref("virtual-machine", uuid("9", index)), ref("virtual-network", "red")],
      properties: { virtual_machine_interface_mac_addresses: { mac_address: [mac] } },
    }),
  ];
}

/** Its port. */
export function redPort(index: number) {
  return readPort({ id: uuid("8", index), "instance-id": uuid("9", index), "system-name": `tap${index}` });
}
