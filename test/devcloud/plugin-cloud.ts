import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askSocket } from "@contrail/machine";
import type { JsonObject } from "@contrail/schema";
import { ConfigNodeProcess, PluginProcess, SCRIPT } from "@contrail/test-contract";
import { VncClient } from "@contrail/vnc-client";
import { ApiGate } from "./api-gate.ts";
import { DevCloudProcess } from "./devcloud-process.ts";
import { machineParameters, makeNetwork, offerExtension } from "./extension-offering.ts";
import type { Body, Keys, Parameters, SignedClient } from "./signed-client.ts";

const SERVICES = ["Dhcp", "Dns", "UserData"];
const EXTENSION = "opencontrail";
/** Key of the signatures that the plugin wants of events. */
export const WEBHOOK_SECRET = "a secret of this test";
const DEADLINE_MS = 60_000;
const POLL_MS = 50;

/** An account with its first user's key. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly domainid: string;
  readonly client: SignedClient;
  readonly keys: Keys;
}

/** A difference as the plugin's control socket tells it. */
export interface Difference {
  readonly action: string;
  readonly type: string;
  readonly uuid: string;
  readonly name: string;
  readonly reason: string;
}

/** DevCloud with the real executable, the real plugin, and a configuration node; each a process. */
export class PluginCloud {
  readonly directory = mkdtempSync(join(tmpdir(), "contrail-plugin-cloud-"));
  readonly #configSocket = join(this.directory, "rest.sock");
  readonly node = new ConfigNodeProcess(["--rest-socket", this.#configSocket]);
  readonly vnc = new VncClient({ socketPath: this.#configSocket });
  readonly cloud: DevCloudProcess;
  /** Through it, and only through it, the plugin comes to CloudStack's API. */
  readonly api: ApiGate;
  readonly plugin: PluginProcess;
  zone = "";
  offering = "";

  private constructor(cloud: DevCloudProcess, api: ApiGate, more: readonly string[]) {
    this.cloud = cloud;
    this.api = api;
    const secretFile = join(this.directory, "webhook-secret");
    writeFileSync(secretFile, WEBHOOK_SECRET, { mode: 0o600 });
    this.plugin = new PluginProcess(this.directory, this.#configSocket, [
      ...["--cloudstack-url", api.url, "--cloudstack-keys", cloud.keyFile],
      ...["--reconcile-seconds", "3600", "--writes-per-second", "1000", ...more],
      ...["--webhook-listen", "127.0.0.1:0", "--webhook-secret", secretFile],
    ]);
  }

  /** All of it, with an offering of the extension. more: flags of the plugin. */
  static async start(more: readonly string[] = []): Promise<PluginCloud> {
    const cloud = await DevCloudProcess.start();
    const world = new PluginCloud(cloud, await ApiGate.start(() => cloud.port), more);
    await world.node.run();
    await world.plugin.run();
    await world.#offer();
    return world;
  }

  get admin(): SignedClient {
    return this.cloud.admin();
  }

  async #offer(): Promise<void> {
    const folder = join(this.cloud.directory, "extensions", EXTENSION);
    mkdirSync(folder, { recursive: true });
    copyFileSync(SCRIPT, join(folder, `${EXTENSION}.sh`));
    chmodSync(join(folder, `${EXTENSION}.sh`), 0o755);
    const offered = await offerExtension(this.admin, {
      name: EXTENSION,
      services: SERVICES,
      registration: { "details[0].plugin-socket": this.plugin.socket },
      offering: "isolated",
    });
    this.zone = offered.zone;
    this.offering = offered.offering;
  }

  /** Makes a network of an account, or of the admin, whose key is needed for the VLAN; gives its uuid. */
  network(owner: Account | "admin", name: string, vlan: number, more: Parameters = {}): Promise<string> {
    const of: Parameters = owner === "admin" ? {} : { account: owner.name, domainid: owner.domainid };
    return makeNetwork(this.admin, this, name, vlan, { ...of, ...more });
  }

  /** Deploys a machine; gives it as the job's result has it. */
  async deploy(client: SignedClient, name: string, networks: readonly string[], more: Parameters = {}): Promise<Body> {
    const wish = await machineParameters(this.admin, this.zone, name, networks, more);
    const result = await client.job("deployVirtualMachine", wish);
    return result.virtualmachine as Body;
  }

  /** Makes an account with keys of its own below a domain; gives both. */
  async account(name: string, domainid: string): Promise<Account> {
    const made = await this.admin.call("createAccount", {
      username: name,
      password: "password",
      firstname: name,
      lastname: name,
      email: `${name}@example.org`,
      accounttype: "0",
      domainid,
    });
    const account = made.account as Body;
    const [user] = account.user as readonly Body[]; // An account is made with its first user.
    const { userkeys } = await this.admin.job("registerUserKeys", { id: String(user?.id) });
    const { apikey, secretkey } = userkeys as Readonly<Record<string, string>>; // Recorded so.
    const keys = { apiKey: apikey ?? "", secretKey: secretkey ?? "" };
    return { id: String(account.id), name, domainid, client: this.cloud.client(keys), keys };
  }

  /** An object of the configuration; undefined where there is none. */
  async object(type: string, uuid: string): Promise<JsonObject | undefined> {
    return (await this.vnc.list(type, true)).find((object) => object.uuid === uuid);
  }

  /** What differs, as `contrail cloudstack diff` gets it. */
  async diff(): Promise<readonly Difference[]> {
    return ((await this.control("GET", "/diff")) as { differences: readonly Difference[] }).differences;
  }

  /** One run of the reconciler. */
  async reconcile(
    options: object = {},
  ): Promise<{ readonly writes: number; readonly failures: readonly unknown[]; readonly held: boolean }> {
    return (await this.control("POST", "/reconcile", options)) as Awaited<ReturnType<PluginCloud["reconcile"]>>; // Its form.
  }

  /** A call of the plugin's control socket. */
  async control(method: string, path: string, body?: object): Promise<unknown> {
    const { status, answer } = await askSocket(this.plugin.controlSocket, method, path, body);
    if (status === 200) return answer;
    throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
  }

  /** A command of the extension that the plugin refuses, sent past CloudStack. */
  async refusedCall(command: string, payload: object): Promise<void> {
    const path = `/extension/${command}`;
    const call = request({ socketPath: this.plugin.socket, method: "POST", path }).end(JSON.stringify({ payload }));
    const [answer] = (await once(call, "response")) as [IncomingMessage]; // The event's one argument.
    const text = Buffer.concat(await answer.toArray()).toString();
    if (answer.statusCode === 200) throw new Error(`${command} was not refused: ${text}`);
  }

  /** Where the plugin takes CloudStack's events. */
  get webhook(): string {
    const [, port] =
      this.plugin.endpoints.map((text) => /^127\.0\.0\.1:(\d+)$/.exec(text)).find((match) => match !== null) ?? [];
    return `http://127.0.0.1:${port}/cloudstack/events`;
  }

  /** Does some work while CloudStack's API takes the plugin's questions and never answers; the plugin is started anew. */
  async whileSilent(work: () => Promise<void>): Promise<void> {
    await this.plugin.kill();
    this.api.silence();
    await this.plugin.run();
    try {
      await work();
      if (this.api.unanswered === 0) throw new Error("the plugin has asked nothing, so no silence was tried");
    } finally {
      await this.plugin.kill();
      this.api.open();
      await this.plugin.run();
    }
  }

  /** Waits until a condition holds. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + DEADLINE_MS;
    while (!(await holds())) {
      if (performance.now() > end)
        throw new Error(`not in time: ${what}; the plugin's log: ${this.plugin.log.slice(-3_000)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async stop(): Promise<void> {
    await this.plugin.kill();
    await this.node.stop();
    await this.api.stop();
    await this.cloud.stop();
    rmSync(this.directory, { recursive: true });
  }
}
