import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAuthority, issue } from "@contrail/pki";
import type { ConfigObject } from "@contrail/schema";
import { toLine } from "./ebpf-host.ts";
import { allObjects, GATEWAY, GUESTS, type Guest, interfaceUuid, machineUuid } from "./guest-world.ts";
import { eventually, Lab, type LabMode } from "./lab.ts";
import { type LabEngine, script } from "./overlay-lab.ts";

export const HOST = "oct-guest-host";
const HOST_ADDRESS = "172.30.1.2";
const AGENT = fileURLToPath(new URL("../../services/vrouter-agent/src/main.ts", import.meta.url));
const ENGINE = fileURLToPath(new URL("../../services/vrouter-engine/src/main.ts", import.meta.url));
/** A BPF file system of the process's own mount namespace: pins go with it. */
const MOUNTED = 'mount -t tmpfs oct /mnt && mkdir /mnt/bpf && mount -t bpf oct /mnt/bpf && exec "$@"';

/** One host with a real agent, its data plane, a control node that says what the test wants, and the machines. */
export class GuestLab {
  readonly lab: Lab;
  readonly #directory: string;
  readonly #engine: LabEngine;
  #control: ChildProcess | undefined;
  #agent: ChildProcess | undefined;

  private constructor(lab: Lab, directory: string, engine: LabEngine) {
    this.lab = lab;
    this.#directory = directory;
    this.#engine = engine;
  }

  /** more: settings of the agent. */
  static async open(mode: LabMode, engine: LabEngine, more: readonly string[] = []): Promise<GuestLab> {
    const directory = mkdtempSync(join(tmpdir(), "oct-guest-"));
    await createAuthority(directory);
    for (const role of ["agent", "engine"] as const) await issue(directory, { role, name: "host1", addresses: [] });
    await issue(directory, { role: "control", name: "control1", addresses: [] });
    const guests = new GuestLab(await Lab.open(mode), directory, engine);
    await guests.#build(more);
    return guests;
  }

  /** Tells the agent of objects that changed. */
  configure(objects: readonly ConfigObject[]): void {
    this.#control?.stdin?.write(toLine(objects));
  }

  /** What a command in a machine prints; throws where it fails. */
  inside(guest: Guest, ...command: readonly string[]): Promise<string> {
    return this.lab.must(guest.name, ...command);
  }

  /** Everything that the agent has logged and kept. */
  traces(): string {
    const kept = readdirSync(this.#file("state"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    return [this.#file("agent.log"), ...kept].map((file) => readFileSync(file, "utf8")).join("\n");
  }

  async close(): Promise<void> {
    this.#control?.stdin?.end();
    if (this.#agent !== undefined && this.#agent.exitCode === null) {
      this.#agent.kill("SIGTERM");
      await once(this.#agent, "exit");
    }
    await this.lab.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #build(more: readonly string[]): Promise<void> {
    for (const name of [HOST, ...GUESTS.map((guest) => guest.name)]) await this.lab.addNamespace(name);
    await this.lab.must(HOST, "ip", "addr", "add", `${HOST_ADDRESS}/24`, "dev", "lo");
    for (const guest of GUESTS) await this.#plug(guest);
    this.#control = this.lab.startTold(HOST, process.execPath, script("guest-control-main.ts"), this.#directory);
    const [printed] = (await once(this.#control.stdout ?? this.#control, "data")) as [Buffer]; // The event's one argument.
    this.configure(allObjects());
    this.#startDataPlane(String(printed).trim(), more);
    await eventually("the port API answers", async () => (await this.#call("GET", "/ports")) !== undefined);
    await this.#call("POST", "/port", GUESTS.map(portOf));
    await eventually("all ports are active", async () => {
      const answer = JSON.parse((await this.#call("GET", "/ports")) ?? "{}") as { ports: { active: boolean }[] }; // The port API's.
      return answer.ports.length === GUESTS.length && answer.ports.every(({ active }) => active);
    });
  }

  async #plug({ name, device, address, mac }: Guest): Promise<void> {
    await this.lab.must(HOST, "ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", name);
    await this.lab.must(HOST, "ip", "link", "set", device, "up");
    await this.lab.must(name, "ip", "link", "set", "eth0", "address", mac, "mtu", "1450", "up");
    await this.lab.must(name, "ip", "addr", "add", `${address}/24`, "dev", "eth0");
    await this.lab.must(name, "ip", "route", "add", "default", "via", GATEWAY);
    if (this.#engine === "typescript")
      await this.lab.must(name, process.execPath, script("disable-offloads.ts"), "eth0");
  }

  #startDataPlane(controlNode: string, more: readonly string[]): void {
    const common = ["--name", "host1", "--pki-dir", this.#directory];
    const settings = ["--address", HOST_ADDRESS, "--underlay-device", "lo", "--control-nodes", controlNode];
    const files = ["--state-dir", this.#file("state"), "--port-socket", this.#file("ports.sock")];
    const program = [process.execPath, AGENT, ...common, ...settings, ...files, "--log-level", "debug", ...more];
    const agent = ["sh", "-c", `exec "$@" 2> ${this.#file("agent.log")}`, "sh", ...program];
    if (this.#engine === "ebpf") {
      const plane = ["--engine", "ebpf", "--pin-dir", "/mnt/bpf/host"];
      this.#agent = this.lab.start(HOST, "unshare", "-m", "sh", "-c", MOUNTED, "sh", ...agent, ...plane);
      return;
    }
    this.lab.start(
      HOST,
      process.execPath,
      ENGINE,
      ...common,
      "--log-level",
      "warn",
      "--socket",
      this.#file("engine.sock"),
    );
    const plane = ["--engine", "typescript", "--engine-socket", this.#file("engine.sock")];
    this.#agent = this.lab.start(HOST, ...agent, ...plane);
  }

  #file(name: string): string {
    return join(this.#directory, name);
  }

  /** The answer of the port API; undefined where nobody answers yet. */
  #call(method: string, path: string, body?: unknown): Promise<string | undefined> {
    return new Promise((resolve) => {
      const asked = request({ socketPath: this.#file("ports.sock"), method, path }, async (answer) => {
        resolve(Buffer.concat(await answer.toArray()).toString());
      });
      asked.on("error", () => resolve(undefined));
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function portOf({ index, device, name }: Guest): Readonly<Record<string, string>> {
  return {
    id: interfaceUuid(index),
    "instance-id": machineUuid(index),
    "system-name": device,
    "display-name": name,
  };
}
