import { mkdirSync } from "node:fs";
import { openStore } from "@contrail/backends";
import { isRestoring } from "@contrail/backup";
import { CONFIG_TOPIC } from "@contrail/bus";
import { ContrailError } from "@contrail/errors";
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
import type { Settings } from "./config.ts";
import { openBus, ownIdentity } from "./node-bus.ts";
import { type ClientParts, certificateAdvice, serveClients } from "./serve-clients.ts";
import { ObjectService } from "./shell/object-service.ts";
import { publish } from "./shell/publisher.ts";
import { RecentRemovals } from "./shell/recent-removals.ts";
import { TransformerRunner } from "./shell/transformer-runner.ts";
import { readSources } from "./shell/trusted-listener.ts";

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

/** Opens store and log, loads and completes the objects, publishes, transforms, serves; in this order. */
export async function startConfigNode(settings: Settings, stop: AbortSignal): Promise<ConfigNode> {
  const sources = settings.trustedListen === "" ? undefined : readSources(settings.trustedSources);
  const logger = createLogger("config-node", settings.logLevel);
  const meter = createMeter();
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const store = await openStore(settings, logger, ownIdentity(settings));
  if (await isRestoring(store)) {
    const text = "a backup was put into the store, and not to its end; make contrail restore again with the same file";
    throw new ContrailError("store.unavailable", text);
  }
  const { bus, ...busServer } = await openBus(settings, logger);
  const objects = new ObjectService(store, systemClock);
  const runner = new TransformerRunner(objects, store, systemClock, logger, settings.name);
  const removals = new RecentRemovals();
  objects.onChange((change) => removals.note(change));
  await objects.load();

  const controller = new AbortController();
  const signal = AbortSignal.any([stop, controller.signal]);
  const removedName = (uuid: string) => objects.graph.get(uuid) ?? removals.get(uuid);
  const publishing = publish(store, bus, systemClock, logger, signal, removedName);
  const transforming = runner.run(signal);
  await busServer.serve();

  const identity = identityFiles(settings.pkiDir, { role: "config", name: settings.name });
  const clients = { settings, sources, identity, objects, store, bus, clock: systemClock, meter, logger, signal };
  const listeners = await serveClients(clients);
  const { rest, admin, trusted, rpc } = listeners;
  const introspect = await serveState(clients, () => ({
    objects: objects.graph.size,
    rest: rest.endpoints,
    trusted: trusted?.endpoints ?? [],
    leading: runner.leading,
    derivedPending: runner.pending,
  }));
  const open = {
    rest: rest.endpoints,
    admin: admin?.endpoints ?? [],
    trusted: trusted?.endpoints ?? [],
    introspect: introspect.endpoints,
  };
  logger.info("serving", { ...open, objects: objects.graph.size });

  return {
    rest,
    introspect,
    admin,
    trusted,
    rpcPort: rpc?.port,
    async stop() {
      controller.abort(new ContrailError("stopped", "the node is stopping"));
      await Promise.all([listeners.close(), introspect.close()]);
      await Promise.all([publishing, transforming]);
      await busServer.close();
      await store.close();
    },
  };
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
