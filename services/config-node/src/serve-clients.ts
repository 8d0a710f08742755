import type { Bus } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import { type RpcServer, serveRpc } from "@contrail/rpc";
import { type createMeter, endpoints, type HttpListener, serveHttp } from "@contrail/runtime";
import type { ObjectStore } from "@contrail/store";
import type { Settings } from "./config.ts";
import { ChangeFeed } from "./shell/change-feed.ts";
import { configService } from "./shell/grpc/config-service.ts";
import type { ObjectService } from "./shell/object-service.ts";
import { createRestApp } from "./shell/rest/app.ts";

/** What the interfaces of clients are made of. */
export interface ClientParts {
  readonly settings: Settings;
  readonly identity: Identity;
  readonly objects: ObjectService;
  readonly store: ObjectStore;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly meter: ReturnType<typeof createMeter>;
  readonly logger: Logger;
  /** Ends the streams of watchers. */
  readonly signal: AbortSignal;
}

/** The listeners of clients. */
export interface ClientListeners {
  readonly rest: HttpListener;
  /** undefined where ConfigService is not served. */
  readonly rpc: RpcServer | undefined;
}

/** Serves the REST API, and ConfigService where an address is given for it. */
export async function serveClients(parts: ClientParts): Promise<ClientListeners> {
  const { settings, identity, objects, store, bus, clock, meter, logger, signal } = parts;
  const ignored = meter.counter("contrail_config_ignored_keys_total", "keys of request bodies that name nothing");
  const reserved = meter.counter("contrail_config_reserved_total", "refusals to remove what the system needs");
  const feed = new ChangeFeed(bus, signal);
  const counters = { countIgnored: (count: number) => ignored.add(count), countReserved: () => reserved.add(1) };
  const app = createRestApp({ objects, store, feed, clock, ...counters }, logger);
  const rest = await serveHttp(app, endpoints(settings.restListen, settings.restSocket));
  if (settings.rpcListen === "") return { rest, rpc: undefined };
  return { rest, rpc: await serveRpc(identity, settings.rpcListen, [configService(objects, feed)]) };
}
