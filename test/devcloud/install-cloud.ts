import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { SCRIPT } from "@contrail/test-contract";
import { type Finished, runContrail } from "@contrail/testkit/contrail";
import { expect } from "vitest";
import { DevCloudProcess } from "./devcloud-process.ts";
import { firstId, makeNetwork } from "./extension-offering.ts";
import type { Body, Parameters, SignedClient } from "./signed-client.ts";

export const OFFERING = "OpenContrail isolated";
/** Steps of a whole installation. */
export const STEPS = [
  "create-extension",
  "write-script",
  "enable-extension",
  "register-extension",
  "create-offering",
  "enable-offering",
] as const;

/** What `install --json` and `uninstall --json` print. */
export interface Report {
  readonly changed: boolean;
  readonly present: readonly string[];
  readonly done: readonly { readonly name: string; readonly text: string }[];
}

/** A cloud that `contrail cloudstack` is installed into and removed from. */
export class InstallCloud {
  readonly process: DevCloudProcess;
  /** Both keys of the admin: nothing may print them. */
  readonly secrets: readonly string[];

  private constructor(process: DevCloudProcess) {
    this.process = process;
    const lines = readFileSync(process.keyFile, "utf8").matchAll(/^(?:key|secret) = (.+)$/gm);
    this.secrets = [...lines].map(([, value = ""]) => value);
  }

  static async start(): Promise<InstallCloud> {
    return new InstallCloud(await DevCloudProcess.start());
  }

  /** The admin; of the port that is served now. */
  get admin(): SignedClient {
    return this.process.admin();
  }

  get scriptPath(): string {
    return join(this.process.directory, "extensions/opencontrail/opencontrail.sh");
  }

  /** Runs `contrail cloudstack <command>` with the admin's key file; no secret may be printed. */
  async contrail(command: string, ...args: readonly string[]): Promise<Finished> {
    return this.quiet(await runContrail(["cloudstack", command, "--api-key-file", this.process.keyFile, ...args]));
  }

  /** What was printed, once it is known to hold no secret. */
  quiet(finished: Finished): Finished {
    expect(this.secrets).toHaveLength(2);
    for (const secret of this.secrets) expect(finished.stdout + finished.stderr).not.toContain(secret);
    return finished;
  }

  /** Runs it with --json; it must succeed. */
  async report(command: string, ...args: readonly string[]): Promise<Report> {
    const { code, stdout, stderr } = await this.contrail(command, "--json", ...args);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as Report; // What --json prints.
  }

  /** The steps that an install did. */
  async doneBy(...args: readonly string[]): Promise<readonly string[]> {
    return (await this.report("install", ...args)).done.map(({ name }) => name);
  }

  async list(command: string, key: string): Promise<readonly Body[]> {
    return ((await this.admin.call(command))[key] ?? []) as readonly Body[]; // Lists are of objects.
  }

  /** All that an installation may change. */
  async state() {
    return {
      extensions: await this.list("listExtensions", "extension"),
      providers: await this.list("listNetworkServiceProviders", "networkserviceprovider"),
      offerings: await this.list("listNetworkOfferings", "networkoffering"),
      script: existsSync(this.scriptPath) ? statSync(this.scriptPath).mtimeMs : undefined,
    };
  }

  /** Makes a network of the installation's offering. */
  async network(name: string, vlan: number, more: Parameters = {}): Promise<string> {
    const zone = await firstId(this.admin, "listZones", "zone");
    const offering = await this.offeringId();
    return makeNetwork(this.admin, { zone, offering }, name, vlan, { gateway: "10.1.1.1", ...more });
  }

  /** Deletes networks; there is no plugin, so that an executable stands in which says yes to everything. */
  async deleteNetworks(ids: readonly string[]): Promise<void> {
    this.process.installRecorder("opencontrail");
    for (const id of ids) await this.admin.job("deleteNetwork", { id });
    rmSync(dirname(this.scriptPath), { recursive: true });
    this.putScript(() => {});
  }

  /** Puts the executable in its place, as an operator would; `before` may clear the way. */
  putScript(before: () => void): void {
    before();
    this.process.installRecorder("opencontrail");
    copyFileSync(SCRIPT, this.scriptPath);
    chmodSync(this.scriptPath, 0o755);
  }

  extensionId(name = "opencontrail"): Promise<string> {
    return firstId(this.admin, "listExtensions", "extension", { name });
  }

  offeringId(): Promise<string> {
    return firstId(this.admin, "listNetworkOfferings", "networkoffering", { name: OFFERING });
  }
}
