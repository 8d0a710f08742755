import { setTimeout as sleep } from "node:timers/promises";
import { type ApiKeys, CloudStackClient, httpTransport, readKeyFile } from "@contrail/cloudstack-api";
import { ContrailError } from "@contrail/errors";
import { type CallBounds, callSocket } from "@contrail/machine";
import { systemClock } from "@contrail/runtime";
import { install } from "../cloudstack/install.ts";
import { DEFAULT_NAME, DEFAULT_OFFERING } from "../cloudstack/installation.ts";
import { statusSchema } from "../cloudstack/plugin-answers.ts";
import { wrongsOf } from "../cloudstack/plugin-tables.ts";
import type { Directories } from "../config.ts";
import { cloudPaths, devcloudIntrospect, EVENTS_URL } from "./cloud-plan.ts";
import { registerWebhook } from "./plugin-webhook.ts";

/** A NIC of one of CloudStack's machines; the uuids are CloudStack's and the configuration's. */
export interface CloudNic {
  readonly uuid: string;
  readonly network: string;
  readonly networkUuid: string;
  readonly address: string;
  readonly mac: string;
  /** On the host, and inside the machine. */
  readonly device: string;
  readonly inside: string;
}

/** One of CloudStack's machines that runs, as DevCloud's introspect shows it. */
export interface CloudMachine {
  readonly uuid: string;
  readonly name: string;
  /** As i-2-3-VM: unique in the cloud. */
  readonly instanceName: string;
  readonly account: string;
  readonly domain: string;
  readonly host: string;
  readonly namespace: string;
  readonly nics: readonly CloudNic[];
}

const BACK_DEADLINE_MS = 60_000;
const CHECK_MS = 50;
/** The URL's host is not asked: the socket is. */
const URL_OF_SOCKET = "http://127.0.0.1/client/api";

/** CloudStack in the embedded system, that is DevCloud: its API, the plugin's installation in it, its machines. */
export class Cloud {
  readonly #directories: Directories;

  constructor(directories: Directories) {
    this.#directories = directories;
  }

  /** A client of the root admin. */
  admin(bounds: CallBounds = {}): CloudStackClient {
    const { keys } = readKeyFile(cloudPaths(this.#directories).keyFile);
    return this.client(keys, bounds);
  }

  /** A client of anybody. The cloud is beside us and ours alone: its jobs are asked for often. */
  client(keys: ApiKeys, bounds: CallBounds = {}): CloudStackClient {
    const { apiSocket } = cloudPaths(this.#directories);
    return new CloudStackClient(
      httpTransport({ url: URL_OF_SOCKET, socketPath: apiSocket, ...bounds }),
      keys,
      systemClock,
      CHECK_MS,
    );
  }

  /** Installs the plugin as `contrail cloudstack install` does: what is there already stays as it is. */
  async install(signal: AbortSignal): Promise<void> {
    const path = cloudPaths(this.#directories).pluginSocket;
    const plugin = { kind: "socket", path } as const;
    const wanted = { name: DEFAULT_NAME, offering: DEFAULT_OFFERING, plugin, zone: undefined, physicalNetworks: [] };
    // The cloud is ours alone, and so is its executable: another version's is replaced. There is no other machine to wait for.
    const how = { clock: systemClock, signal, mayOverwrite: true, waitMs: 0, progress: () => {} };
    const cloud = this.admin();
    await install(wanted, { ...how, cloud });
    await registerWebhook(cloud, EVENTS_URL, cloudPaths(this.#directories).webhookSecret);
  }

  /** What the plugin says is wrong, as `contrail cloudstack status` does. */
  async pluginWrongs(bounds: CallBounds = {}): Promise<readonly string[]> {
    const { pluginControl } = cloudPaths(this.#directories);
    return wrongsOf(statusSchema.parse(await callSocket(pluginControl, "GET", "/status", undefined, bounds)));
  }

  /** The machines that run. */
  async machines(bounds: CallBounds = {}): Promise<readonly CloudMachine[]> {
    const page = (await this.#introspect("machines", bounds)) as { machines: readonly CloudMachine[] }; // Our own page.
    return page.machines;
  }

  /** Resolves when the machines of before are there again, or were given up. Rejects with "supervisor.unavailable". */
  async untilMachinesAreBack(signal: AbortSignal): Promise<void> {
    const end = performance.now() + BACK_DEADLINE_MS;
    for (;;) {
      const { comingBack } = (await this.#introspect("status")) as { comingBack: number }; // Our own page.
      if (comingBack === 0 || signal.aborted) return;
      if (performance.now() > end)
        throw new ContrailError("supervisor.unavailable", `${comingBack} machines of CloudStack are not back in 60 s`);
      await sleep(CHECK_MS);
    }
  }

  #introspect(page: string, bounds: CallBounds = {}): Promise<unknown> {
    return callSocket(devcloudIntrospect(this.#directories), "GET", `/${page}`, undefined, bounds);
  }
}
