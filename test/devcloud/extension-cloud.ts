import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DevCloudProcess } from "./devcloud-process.ts";
import { machineParameters, makeNetwork, offerExtension } from "./extension-offering.ts";
import type { Body, Parameters, SignedClient } from "./signed-client.ts";

/** One call that the recording executable noted. */
export interface NotedCall {
  readonly command: string;
  readonly argument: string;
  readonly file: Readonly<Record<string, unknown>>;
}

const SERVICES = ["Dhcp", "Dns", "UserData", "CustomAction"];

/** A cloud with the recording executable as its extension, and an offering without source NAT, as recorded. */
export class ExtensionCloud {
  readonly process: DevCloudProcess;
  readonly admin: SignedClient;
  readonly zone: string;
  readonly offering: string;
  readonly extension: string;
  readonly #folder: string;

  private constructor(
    process: DevCloudProcess,
    ids: { zone: string; offering: string; extension: string; folder: string },
  ) {
    this.process = process;
    this.admin = process.admin();
    this.zone = ids.zone;
    this.offering = ids.offering;
    this.extension = ids.extension;
    this.#folder = ids.folder;
  }

  static async start(more: readonly string[] = []): Promise<ExtensionCloud> {
    const process = await DevCloudProcess.start(more);
    const folder = process.installRecorder("recsdn");
    const offered = await offerExtension(process.admin(), {
      name: "recsdn",
      services: SERVICES,
      registration: { "details[0].hosts": "192.0.2.10", "details[1].username": "root" },
      offering: "ext-nosnat",
    });
    return new ExtensionCloud(process, { ...offered, folder });
  }

  /** Makes a network with a VLAN of its own; gives its id. */
  network(name: string, vlan: number, more: Parameters = {}): Promise<string> {
    return makeNetwork(this.admin, this, name, vlan, more);
  }

  /** Parameters of a machine in networks. */
  machine(name: string, networks: readonly string[], more: Parameters = {}): Promise<Parameters> {
    return machineParameters(this.admin, this.zone, name, networks, more);
  }

  /** Deploys a machine; gives it as it is then. Rejects with the job's error. */
  async deploy(name: string, networks: readonly string[], more: Parameters = {}): Promise<Body> {
    const result = await this.admin.job("deployVirtualMachine", await this.machine(name, networks, more));
    return result.virtualmachine as Body;
  }

  /** The calls noted since the last time, in order. */
  calls(): readonly NotedCall[] {
    const files = readdirSync(this.#folder)
      .filter((name) => name.startsWith("call-"))
      .toSorted();
    return files.map((name) => {
      const [command = "", argument = "", ...payload] = readFileSync(join(this.#folder, name), "utf8").split("\n");
      rmSync(join(this.#folder, name));
      return { command, argument, file: JSON.parse(payload.join("\n")) as Record<string, unknown> };
    });
  }

  /** Lets a command end with an exit code and an output from now on. */
  answer(command: string, exitCode: number, output: string): void {
    writeFileSync(join(this.#folder, `answer-${command}`), `${exitCode}\n${output}`);
  }

  /** Lets a command answer as usual again. */
  usual(command: string): void {
    rmSync(join(this.#folder, `answer-${command}`), { force: true });
  }

  /** Lets a command wait until it is released. */
  hold(command: string): void {
    writeFileSync(join(this.#folder, `hold-${command}`), "");
  }

  release(command: string): void {
    rmSync(join(this.#folder, `hold-${command}`), { force: true });
  }

  /** Payload files that are left; none, when no call is at work. */
  payloadFiles(): readonly string[] {
    const folder = join(this.process.directory, "payloads");
    return existsSync(folder) ? readdirSync(folder) : [];
  }
}
