import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DataPlane } from "@contrail/dataplane";
import { createEngineDataPlane } from "@contrail/dataplane-engine";
import { silentLogger } from "@contrail/observability";
import { createAuthority, identityFiles, issue } from "@contrail/pki";
import { systemClock } from "@contrail/runtime";
import { EbpfHost } from "./ebpf-host.ts";
import { Lab, type LabMode } from "./lab.ts";
import { hostAddress, MACHINES, type Machine } from "./overlay-tables.ts";

const ENGINE = fileURLToPath(new URL("../../services/vrouter-engine/src/main.ts", import.meta.url));
/** Namespace of the router between the hosts; its device of a host has the host's short name: "host1". */
export const FABRIC = "oct-engine-fabric";
const HOSTS = [1, 2] as const;

/** What tests of packets ask of a host's data plane. */
export type LabDataPlane = Pick<DataPlane, "apply" | "drops" | "flows" | "close">;

/** Path of a script beside this file. */
export function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Which data plane the hosts have. */
export type LabEngine = "typescript" | "ebpf";

/** Two hosts on a routed underlay of MTU 1500, a data plane on each, two machines behind each. */
export class OverlayLab {
  readonly lab: Lab;
  readonly #directory: string;
  readonly #engine: LabEngine;
  readonly #engines = new Map<number, ChildProcess>();
  readonly #kernels = new Map<number, EbpfHost>();

  private constructor(lab: Lab, directory: string, engine: LabEngine) {
    this.lab = lab;
    this.#directory = directory;
    this.#engine = engine;
  }

  static async open(mode: LabMode, engine: LabEngine = "typescript"): Promise<OverlayLab> {
    const directory = mkdtempSync(join(tmpdir(), "oct-engine-"));
    await createAuthority(directory);
    const overlay = new OverlayLab(await Lab.open(mode), directory, engine);
    await overlay.#build();
    return overlay;
  }

  async #build(): Promise<void> {
    await this.lab.addNamespace(FABRIC);
    await this.lab.must(FABRIC, "sysctl", "-qw", "net.ipv4.ip_forward=1");
    for (const host of HOSTS) await this.#addHost(host);
    for (const machine of MACHINES) {
      await this.lab.addNamespace(machine.name);
      await this.plug(machine);
    }
  }

  async #addHost(host: 1 | 2): Promise<void> {
    const name = hostName(host);
    const gateway = `172.30.${host}.1`;
    await this.lab.addNamespace(name);
    await this.lab.must(
      FABRIC,
      "ip",
      "link",
      "add",
      `host${host}`,
      "type",
      "veth",
      "peer",
      "name",
      "eth0",
      "netns",
      name,
    );
    await this.lab.must(FABRIC, "ip", "addr", "add", `${gateway}/24`, "dev", `host${host}`);
    await this.lab.must(FABRIC, "ip", "link", "set", `host${host}`, "up");
    await this.lab.must(name, "ip", "addr", "add", `${hostAddress(host)}/24`, "dev", "eth0");
    await this.lab.must(name, "ip", "link", "set", "eth0", "up");
    await this.lab.must(name, "ip", "route", "add", "default", "via", gateway);
    if (this.#engine === "ebpf") {
      this.#kernels.set(host, await EbpfHost.start(this.lab, name));
      return;
    }
    await issue(this.#directory, { role: "engine", name: `host${host}`, addresses: [] });
    await issue(this.#directory, { role: "agent", name: `host${host}`, addresses: [] });
    this.startEngine(host);
  }

  /** Starts an engine; a data plane waits for it by itself. */
  startEngine(host: 1 | 2): void {
    const settings = ["--name", `host${host}`, "--socket", this.#socket(host), "--pki-dir", this.#directory];
    const args = [...settings, "--log-level", "info"];
    const child = this.lab.start(hostName(host), process.execPath, ENGINE, ...args);
    this.#engines.set(host, child);
  }

  /** Kills the engine of a host as kill -9 does. */
  async killEngine(host: 1 | 2): Promise<void> {
    const child = this.#engines.get(host);
    if (child === undefined) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  engineRuns(host: 1 | 2): boolean {
    const child = this.#engines.get(host);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** The data plane of a host as its agent has it. */
  dataPlane(host: 1 | 2): LabDataPlane {
    const kernel = this.#kernels.get(host);
    if (kernel !== undefined) return kernel;
    return this.engineDataPlane(host);
  }

  /** The whole of it, where the hosts have the TypeScript engine. */
  engineDataPlane(host: 1 | 2): DataPlane {
    return createEngineDataPlane({
      address: `unix:${this.#socket(host)}`,
      identity: identityFiles(this.#directory, { role: "agent", name: `host${host}` }),
      engineName: `host${host}`,
      clock: systemClock,
      logger: silentLogger,
    });
  }

  /** Makes a machine's interface with address and default route, and its other end on the host. */
  async plug(machine: Machine): Promise<void> {
    const { name, device, mac } = machine;
    const host = hostName(machine.host);
    await this.lab.must(host, "ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", name);
    await this.lab.must(host, "ip", "link", "set", device, "up");
    await this.lab.must(name, "ip", "link", "set", "eth0", "address", mac, "mtu", "1450", "up");
    await this.lab.must(name, "ip", "addr", "add", `${machine.address}/24`, "dev", "eth0");
    await this.lab.must(name, "ip", "route", "add", "default", "via", `10.1.${machine.network}.1`);
    if (this.#engine === "typescript") {
      await this.lab.must(name, process.execPath, script("disable-offloads.ts"), "eth0");
    }
  }

  async unplug(machine: Machine): Promise<void> {
    await this.lab.must(hostName(machine.host), "ip", "link", "del", machine.device);
  }

  async close(): Promise<void> {
    await this.lab.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #socket(host: 1 | 2): string {
    return join(this.#directory, `host${host}.sock`);
  }
}

/** Name of a host's namespace. */
export function hostName(host: 1 | 2): string {
  return `oct-engine-host${host}`;
}
