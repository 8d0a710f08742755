import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@contrail/schema";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, expect } from "vitest";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { CuttingProxy } from "./cutting-proxy.ts";
import { objectOf, runScript } from "./extension-call.ts";
import type { MachineCall } from "./machine-calls.ts";
import { PluginProcess } from "./plugin-process.ts";

/** Types of the objects that the plugin writes. */
export const TYPES = ["virtual-network", "virtual-machine-interface", "instance-ip", "virtual-machine"];

/** What a command's process ended with. */
export interface Outcome {
  readonly exit: number | null;
  /** "success", or "<code>: <message>". */
  readonly status: string;
}

export const DONE: Outcome = { exit: 0, status: "success" };

/** A configuration node and a plugin, each a process, with a proxy between them; made and ended by the test file's hooks. */
export class PluginWorld {
  readonly directory = mkdtempSync(join(tmpdir(), "contrail-plugin-world-"));
  readonly #configSocket = join(this.directory, "rest.sock");
  readonly #proxySocket = join(this.directory, "proxy.sock");
  readonly node: ConfigNodeProcess;
  readonly proxy = new CuttingProxy(this.#configSocket);
  readonly plugin: PluginProcess;
  readonly vnc = new VncClient({ socketPath: this.#configSocket });

  /** flags: of both processes, as --log-level. */
  constructor(flags: readonly string[] = []) {
    this.node = new ConfigNodeProcess(["--rest-socket", this.#configSocket, ...flags]);
    this.plugin = new PluginProcess(this.directory, this.#proxySocket, flags);
    beforeAll(async () => {
      await this.node.run();
      await this.proxy.listen(this.#proxySocket);
      await this.plugin.run();
    });
    afterAll(async () => {
      await this.plugin.kill();
      this.proxy.close();
      await this.node.stop();
      rmSync(this.directory, { recursive: true });
    });
  }

  /** Runs one command's process. */
  async send([command, payload]: MachineCall): Promise<Outcome> {
    return this.sendFile(command, JSON.stringify({ "physical-network-extension-details": {}, payload }));
  }

  /** The same with the whole payload file. */
  async sendFile(command: string, file: string | Buffer): Promise<Outcome> {
    const run = await runScript("sh", command, file, { OPENCONTRAIL_PLUGIN: this.plugin.socket });
    const { status, code, message } = objectOf(run);
    return { exit: run.exit, status: status === "success" ? status : `${String(code)}: ${String(message)}` };
  }

  /** One call without the script in between: more of them at the same moment. Rejects where the connection ends. */
  async post(command: string, body: string | Buffer): Promise<{ readonly http: number; readonly text: string }> {
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const path = `/extension/${command}`;
    const call = request({ socketPath: this.plugin.socket, method: "POST", path, headers }).end(body);
    const [answer] = (await once(call, "response")) as [IncomingMessage]; // The event's one argument.
    return { http: answer.statusCode ?? 0, text: Buffer.concat(await answer.toArray()).toString() };
  }

  /** One after the other; each must work. */
  async sendAll(calls: readonly MachineCall[]): Promise<void> {
    for (const call of calls) expect(await this.send(call), call[0]).toEqual(DONE);
  }

  /** UUIDs of every object of the plugin's types, sorted. */
  async uuids(): Promise<readonly string[]> {
    const all = await Promise.all(TYPES.map((type) => this.vnc.list(type)));
    return all
      .flat()
      .map(({ uuid }) => String(uuid))
      .toSorted();
  }

  /** The objects of CloudStack without what is made at random and what counts writes. */
  async effects(): Promise<string> {
    const all = await Promise.all(TYPES.map((type) => this.vnc.list(type, true)));
    const shown = all.flat().map((object) => {
      const { fq_name, display_name, annotations, instance_ip_address, network_ipam_refs } = object;
      const macs = object.virtual_machine_interface_mac_addresses;
      const ipam = ((network_ipam_refs ?? []) as readonly JsonObject[]).map(({ attr }) => attr ?? null); // A list of objects.
      const refs = [object.virtual_network_refs, object.virtual_machine_refs, object.virtual_machine_interface_refs];
      const to = refs.map((list) => ((list ?? []) as readonly JsonObject[]).map((ref) => ref.to ?? null)); // A list of objects.
      return textOf({ fq_name, display_name, annotations, instance_ip_address, macs, ipam, to });
    });
    return shown.toSorted().join("\n");
  }
}

/** Subnets carry a uuid of their own, made at random. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) =>
    key === "subnet_uuid" || key === "created" || key === "last_modified"
      ? undefined
      : typeof inner === "bigint"
        ? String(inner)
        : inner,
  );
}
