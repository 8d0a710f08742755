import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { askSocket } from "@contrail/machine";
import { createAuthority, issue } from "@contrail/pki";
import { eventually, inNamespace, REPOSITORY } from "@contrail/testkit/embedded";
import { endChild } from "@contrail/testkit/process";

const PREFIX = "oct-alone";
const HOST = `${PREFIX}-host`;
const ADDRESS = "172.31.9.1";
/** A BPF file system of its own, so that nothing is left in the machine's. */
const PINS = "/run/oct-alone-bpf";
const START_MS = 30_000;

interface LoneStatus {
  readonly configComplete: boolean;
  readonly inStep: boolean;
  readonly ports: readonly { readonly waitsFor: string | null }[];
  readonly tables: Readonly<Record<string, number>>;
}

/** A host with an agent and the kernel's data plane, whose control nodes are addresses where nobody is. */
export class LoneHost {
  readonly #directory: string;
  #agent: ChildProcess | undefined;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async make(): Promise<LoneHost> {
    removeAll();
    const directory = mkdtempSync("/tmp/contrail-alone-");
    const host = new LoneHost(directory);
    ip("netns", "add", HOST);
    ip("-n", HOST, "link", "set", "lo", "up");
    ip("-n", HOST, "link", "add", "eth0", "type", "veth", "peer", "name", "underlay");
    ip("-n", HOST, "addr", "add", `${ADDRESS}/24`, "dev", "eth0");
    for (const device of ["eth0", "underlay"]) ip("-n", HOST, "link", "set", device, "up");
    mkdirSync(PINS, { recursive: true });
    execFileSync("mount", ["-t", "bpf", "oct-alone", PINS]);
    await createAuthority(join(directory, "pki"));
    await issue(join(directory, "pki"), { role: "agent", name: "alone", addresses: [ADDRESS] });
    await host.#start();
    return host;
  }

  async close(): Promise<void> {
    await this.#kill();
    removeAll();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Kills the agent and starts it again with the state that it has written. */
  async restart(): Promise<void> {
    await this.#kill();
    await this.#start();
  }

  /** A namespace with an address, on a cable to the host. */
  addMachine(name: string, address: string): { device: string; address: string; mac: string } {
    const namespace = `${PREFIX}-${name}`;
    const device = `tap-${name}`;
    const mac = `02:00:00:00:09:${address.slice(-2)}`;
    ip("netns", "add", namespace);
    const peer = ["peer", "name", "eth0", "netns", namespace, "address", mac];
    ip("link", "add", device, "netns", HOST, "type", "veth", ...peer);
    ip("-n", HOST, "link", "set", device, "up");
    ip("-n", namespace, "link", "set", "eth0", "up");
    ip("-n", namespace, "addr", "add", `${address}/24`, "dev", "eth0");
    ip("-n", namespace, "route", "add", "default", "dev", "eth0");
    return { device, address, mac };
  }

  portApi(method: string, path: string, body?: unknown) {
    return askSocket(this.#socket("ports"), method, path, body);
  }

  async status(): Promise<LoneStatus> {
    return (await askSocket(this.#socket("introspect"), "GET", "/status")).answer as LoneStatus; // The agent's page.
  }

  /** Replies to three pings from a machine. */
  pings(name: string, address: string): number {
    const [command = "", ...args] = inNamespace(`${PREFIX}-${name}`, [
      "ping",
      "-c",
      "3",
      "-i",
      "0.2",
      "-w",
      "1",
      address,
    ]);
    const { stdout } = spawnSync(command, args, { encoding: "utf8" });
    return Number(/(\d+) received/.exec(stdout)?.[1] ?? 0);
  }

  async #start(): Promise<void> {
    const flags = ["--name", "alone", "--address", ADDRESS, "--control-nodes", "172.31.9.2:5269,172.31.9.3:5269"];
    const paths = ["--pki-dir", join(this.#directory, "pki"), "--state-dir", join(this.#directory, "state")];
    const sockets = ["--port-socket", this.#socket("ports"), "--introspect-socket", this.#socket("introspect")];
    const program = join(REPOSITORY, "services/vrouter-agent/src/main.ts");
    const agent = [
      process.execPath,
      program,
      ...flags,
      ...paths,
      ...sockets,
      "--engine",
      "ebpf",
      "--pin-dir",
      join(PINS, "alone"),
    ];
    const [command = "", ...args] = inNamespace(HOST, agent);
    this.#agent = spawn(command, args, { stdio: "ignore" });
    await eventually("the agent serves", START_MS, async () => (await this.status()).tables !== undefined);
  }

  async #kill(): Promise<void> {
    await endChild(this.#agent, "SIGKILL");
  }

  #socket(name: string): string {
    return join(this.#directory, `${name}.sock`);
  }
}

/** Removes namespaces and pins, of a killed run too. */
function removeAll(): void {
  const names = execFileSync("ip", ["netns", "list"], { encoding: "utf8" }).split(/\s+/);
  for (const name of names) if (name.startsWith(`${PREFIX}-`)) ip("netns", "del", name);
  if (!existsSync(PINS)) return;
  spawnSync("umount", [PINS]); // It is not mounted where a run was killed in between.
  rmSync(PINS, { recursive: true, force: true });
}

function ip(...args: readonly string[]): void {
  execFileSync("ip", [...args], { stdio: ["ignore", "ignore", "pipe"] });
}
