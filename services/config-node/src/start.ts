import { mkdirSync } from "node:fs";
import { openStore } from "@contrail/backends";
import { isRestoring } from "@contrail/backup";
import { CONFIG_TOPIC } from "@contrail/bus";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import { identityFiles } from "@contrail/pki";
import {
  createIntrospect,
  createLogger,
  createMeter,
  type HttpListener,
  type RunningService,
  serveIntrospect,
  systemClock,
} from "@contrail/runtime";
import type { ObjectStore } from "@contrail/store";
import type { Settings } from "./config.ts";
import { openBus, ownIdentity } from "./node-bus.ts";
import { nodeObjects } from "./node-objects.ts";
import { type ClientParts, certificateAdvice, serveClients } from "./serve-clients.ts";
import { Serving } from "./shell/nodes/serving.ts";
import { RecordReader } from "./shell/record-reader.ts";
import { readSources } from "./shell/trusted-listener.ts";

/** How long clients and balancers hear that a node of several stops, before its listeners are gone. */
const GRACE_MS = 500;

/** A running node with the endpoints that were bound. */
export interface ConfigNode extends RunningService {
  readonly rest: HttpListener;
  readonly introspect: HttpListener;
  /** That of CloudStack's stock plugins; undefined where it is not served. */
  readonly trusted: HttpListener | undefined;
  /** That of the cloud's administrator; undefined where it is not served. */
  readonly admin: HttpListener | undefined;
  /** Port of ConfigService; undefined where it is not served. */
  readonly rpcPort: number | undefined;
}

/** Opens store and log, listens (503), loads and completes the objects, publishes, transforms, serves; in this order. */
export async function startConfigNode(settings: Settings, stop: AbortSignal): Promise<ConfigNode> {
  const sources = settings.trustedListen === "" ? undefined : readSources(settings.trustedSources);
  const logger = createLogger("config-node", settings.logLevel);
  const meter = createMeter();
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const store = await openWholeStore(settings, logger);
  const { bus, ...busServer } = await openBus(settings, logger);
  const unreadable = meter.counter("contrail_config_unreadable_records_total", "records of the log that were left out");
  const records = new RecordReader({ bus, logger, unreadable });
  const parts = { store, bus, clock: systemClock, logger, records };
  const { objects, isShared, state, start } = nodeObjects(settings, parts);
  const controller = new AbortController();
  const { signal } = controller;
  const serving = new Serving(systemClock);
  const identity = identityFiles(settings.pkiDir, { role: "config", name: settings.name });
  const clients = { settings, sources, identity, objects, ...parts, meter, signal, serving };
  const listeners = await serveClients(clients);
  const { rest, admin, trusted } = listeners;
  const retire = (reason: unknown): void => {
    const { message } = ContrailError.from(reason);
    logger.error("this node is too old for its store, and serves no more", { reason: message });
    serving.retire(message);
    controller.abort(reason);
  };
  const { ended } = await start(signal, retire).catch(async (reason: unknown) => {
    controller.abort(reason);
    await listeners.close();
    throw reason;
  });
  await busServer.serve();
  const rpc = await listeners.serveRpc();
  if (!stop.aborted) serving.open();
  const open = { rest: rest.endpoints, trusted: trusted?.endpoints ?? [] };
  const introspect = await serveState(clients, () => ({ ...state(), ...open }));
  const inner = { admin: admin?.endpoints ?? [], introspect: introspect.endpoints };
  logger.info("serving", { ...open, ...inner, objects: objects.graph.size });

  return {
    rest,
    introspect,
    admin,
    trusted,
    rpcPort: rpc?.port,
    async stop() {
      await serving.drain(isShared ? GRACE_MS : 0);
      controller.abort(new ContrailError("stopped", "the node is stopping"));
      await Promise.all([listeners.close(), introspect.close()]);
      await ended;
      await busServer.close();
      await store.close();
    },
  };
}

/** The store of the settings, unless a backup was put into a part of it. */
async function openWholeStore(settings: Settings, logger: Logger): Promise<ObjectStore> {
  const store = await openStore(settings, logger, ownIdentity(settings));
  if (!(await isRestoring(store))) return store;
  const text = "a backup was put into the store, and not to its end; make contrail restore again with the same file";
  throw new ContrailError("store.unavailable", text);
}

/** Inner state and metrics: plain on loopback, elsewhere for holders of a certificate of the installation. */
function serveState(parts: ClientParts, state: () => Readonly<Record<string, unknown>>): Promise<HttpListener> {
  const { settings, identity, store, bus, meter, clock, logger } = parts;
  const status = async () => ({
    name: settings.name,
    aaaMode: settings.aaaMode,
    ...state(),
    unpublished: (await store.outbox(1_000)).length,
    log: await bus.highWaterMark(CONFIG_TOPIC),
  });
  return serveIntrospect(createIntrospect(meter, { status }), settings, {
    files: settings.pkiDir === "" ? undefined : identity,
    advice: certificateAdvice(settings),
    clock,
    logger,
  });
}
