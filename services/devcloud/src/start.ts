import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import {
  createIntrospect,
  createLogger,
  createMeter,
  endpoints,
  type HttpListener,
  KeyedLock,
  type RunningService,
  serveHttp,
  systemClock,
} from "@contrail/runtime";
import { hostSettings, type Settings } from "./config.ts";
import type { Cloud } from "./shell/cloud.ts";
import { commandTable } from "./shell/commands/command-table.ts";
import { Events } from "./shell/events.ts";
import { ExtensionRunner } from "./shell/extension-runner.ts";
import { keepHouse } from "./shell/housekeeping.ts";
import { createApiApp } from "./shell/http.ts";
import { type Hypervisor, SIMULATED } from "./shell/hypervisor.ts";
import { Jobs } from "./shell/jobs.ts";
import { Machines } from "./shell/machines.ts";
import { NamespaceHypervisor } from "./shell/namespace-hypervisor.ts";
import { Networks } from "./shell/networks.ts";
import { Passwords } from "./shell/passwords.ts";
import { runningMachines } from "./shell/running-machines.ts";
import { adminKeys, seed } from "./shell/seed.ts";
import { Sessions } from "./shell/sessions.ts";
import { Store } from "./shell/store.ts";
import { Webhooks } from "./shell/webhooks.ts";

/** A running cloud with the endpoints that were bound. */
export interface DevCloud extends RunningService {
  readonly api: HttpListener;
  readonly keys: { readonly apiKey: string; readonly secretKey: string };
}

/** Opens the database, completes what is missing, serves, and brings machines back meanwhile. */
export async function startDevCloud(settings: Settings, stop: AbortSignal): Promise<DevCloud> {
  const logger = createLogger("devcloud", settings.logLevel);
  const meter = createMeter();
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const controller = new AbortController();
  const signal = AbortSignal.any([stop, controller.signal]);
  const cloud = openCloud(settings, logger, systemClock, signal);
  const { store, jobs, machines, networks } = cloud;
  await seed(store, cloud.passwords, { ...settings, hosts: hostSettings(settings) });
  jobs.failInterrupted();
  await store.commit();
  await machines.settle(signal);
  await networks.settle();

  const table = commandTable();
  const listen = await serveHttp(createApiApp(cloud, table), endpoints(settings.listen, settings.socket));
  const introspect = await serveHttp(
    createIntrospect(meter, {
      status: () => ({
        name: settings.name,
        commands: table.size,
        machines: store.count("machine"),
        networks: store.count("network"),
        jobs: store.count("job"),
        webhookDrops: cloud.webhooks.dropped,
        comingBack: machines.comingBack,
      }),
      machines: () => ({ machines: runningMachines(store) }),
    }),
    endpoints(settings.introspectListen, settings.introspectSocket),
  );
  const keys = adminKeys(store);
  writeKeyFile(settings, listen, keys);
  const bringingBack = machines.bringBack(signal).then(() => networks.bringBack(signal));
  const keeping = keepHouse(
    cloud,
    { expungeDelayMs: settings.expungeDelaySeconds * 1_000, networkGcMs: settings.networkGcSeconds * 1_000 },
    signal,
  );
  logger.info("serving", { api: listen.endpoints, commands: table.size, machines: store.count("machine") });

  return {
    api: listen,
    keys,
    async stop() {
      controller.abort(new ContrailError("stopped", "the cloud is stopping"));
      await Promise.all([listen.close(), introspect.close(), keeping, bringingBack]);
      await jobs.drain();
      store.close();
    },
  };
}

/** Everything that commands work with, wired; nothing runs yet. */
function openCloud(settings: Settings, logger: Logger, clock: Clock, signal: AbortSignal): Cloud {
  const store = new Store(join(settings.dataDir, "devcloud.db"), clock);
  const locks = new KeyedLock();
  const directory = settings.extensionsDir === "" ? join(settings.dataDir, "extensions") : settings.extensionsDir;
  const extensions = new ExtensionRunner(directory, join(settings.dataDir, "payloads"));
  const networks = new Networks(store, extensions, locks, logger);
  const machines = new Machines(store, networks, hypervisorOf(settings, clock), locks, clock, logger);
  const events = new Events(store);
  const webhooks = new Webhooks(store, clock, logger, signal);
  events.listen((event) => webhooks.hear(event));
  const jobs = new Jobs(store, clock, logger);
  const sessions = new Sessions(clock);
  const passwords = new Passwords();
  const { maxPerAccount } = settings;
  const keepers = { store, events, jobs, sessions, passwords, extensions, networks, machines, webhooks };
  return { ...keepers, clock, logger, locks, maxPerAccount };
}

function hypervisorOf(settings: Settings, clock: Clock): Hypervisor {
  if (settings.hypervisor === "simulator") return SIMULATED;
  return new NamespaceHypervisor(hostSettings(settings), settings.plainFrames, clock);
}

/** Where the admin's key is written. */
export function keyFileOf({ keyFile, dataDir }: Settings): string {
  return keyFile === "" ? join(dataDir, "cloudstack.ini") : keyFile;
}

/** The file that `cs` and Ansible read: end point, key and secret of the admin; for its owner only, whatever was there. */
function writeKeyFile(settings: Settings, { endpoints: [endpoint] }: HttpListener, keys: DevCloud["keys"]): void {
  const lines = [
    "[cloudstack]",
    `endpoint = ${settings.publicUrl === "" ? `http://${endpoint}/client/api` : settings.publicUrl}`,
    `key = ${keys.apiKey}`,
    `secret = ${keys.secretKey}`,
  ];
  const file = keyFileOf(settings);
  writeFileSync(`${file}.new`, `${lines.join("\n")}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
