import type { BlockList } from "node:net";
import type { Bus } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import { type RpcServer, serveRpc } from "@contrail/rpc";
import { type createMeter, endpoints, type HttpListener, serveHttp } from "@contrail/runtime";
import type { ObjectStore } from "@contrail/store";
import type { Settings } from "./config.ts";
import { ADMINISTRATOR, type Caller, STOCK_PLUGIN } from "./core/caller.ts";
import { ChangeFeed } from "./shell/change-feed.ts";
import { configService } from "./shell/grpc/config-service.ts";
import type { ObjectService } from "./shell/object-service.ts";
import { createRestApp } from "./shell/rest/app.ts";
import { serveTrusted } from "./shell/trusted-listener.ts";

/** What the interfaces of clients are made of. */
export interface ClientParts {
  readonly settings: Settings;
  /** Who may call the trusted listener; undefined: there is none. */
  readonly sources: BlockList | undefined;
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

/** The listeners of clients; those that no address was given for are undefined. */
export interface ClientListeners {
  readonly rest: HttpListener;
  /** That of CloudStack's stock plugins. */
  readonly trusted: HttpListener | undefined;
  /** ConfigService. */
  readonly rpc: RpcServer | undefined;
}

/** Serves the REST API; to the stock plugins, and as ConfigService, where an address is given for them. */
export async function serveClients(parts: ClientParts): Promise<ClientListeners> {
  const { settings, sources, identity, objects, store, bus, clock, meter, logger, signal } = parts;
  const ignored = meter.counter("contrail_config_ignored_keys_total", "keys of request bodies that name nothing");
  const reserved = meter.counter("contrail_config_reserved_total", "refusals to remove what the system needs");
  const feed = new ChangeFeed(bus, signal);
  const counters = { countIgnored: (count: number) => ignored.add(count), countReserved: () => reserved.add(1) };
  const appFor = (caller: Caller) => createRestApp({ objects, store, feed, clock, caller, ...counters }, logger);
  const { restListen, restSocket, trustedListen, rpcListen } = settings;
  const rest = await serveHttp(appFor(ADMINISTRATOR), endpoints(restListen, restSocket));
  const trusted = sources === undefined ? undefined : await serveTrusted(appFor(STOCK_PLUGIN), trustedListen, sources);
  const rpc = rpcListen === "" ? undefined : await serveRpc(identity, rpcListen, [configService(objects, feed)]);
  return { rest, trusted, rpc };
}
