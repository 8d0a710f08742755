import type { BlockList } from "node:net";
import { join } from "node:path";
import type { Bus } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import { type RpcServer, serveRpc } from "@contrail/rpc";
import { type createMeter, type HttpListener, isLoopback, serveGuarded, serveHttp } from "@contrail/runtime";
import type { ObjectStore } from "@contrail/store";
import type { Settings } from "./config.ts";
import { type AccessServices, accessServices } from "./shell/access/access-services.ts";
import { AuditLog } from "./shell/access/audit-log.ts";
import { type Entrance, GuardedEntrance, openEntrance } from "./shell/access/entrance.ts";
import { makeFirstAdmin } from "./shell/access/first-admin.ts";
import { sweepSessions } from "./shell/access/session-sweep.ts";
import { ChangeFeed } from "./shell/change-feed.ts";
import { configService } from "./shell/grpc/config-service.ts";
import type { Serving } from "./shell/nodes/serving.ts";
import type { ObjectService } from "./shell/object-service.ts";
import { createRestApp } from "./shell/rest/app.ts";
import { serveTrusted, trustedEntrance } from "./shell/trusted-listener.ts";

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
  /** Whether requests are taken: listeners are there before. */
  readonly serving: Serving;
}

/** The listeners of clients; those that no address was given for are undefined. */
export interface ClientListeners {
  readonly rest: HttpListener;
  /** That of the cloud's administrator: a unix socket. */
  readonly admin: HttpListener | undefined;
  /** That of CloudStack's stock plugins. */
  readonly trusted: HttpListener | undefined;
  /** Serves ConfigService too; undefined where no address was given for it. */
  serveRpc(): Promise<RpcServer | undefined>;
  /** Closes all of them, and the record of what they did. */
  close(): Promise<void>;
}

/** Serves the REST API; to the administrator and the stock plugins, and as ConfigService, where an address is given for them. */
export async function serveClients(parts: ClientParts): Promise<ClientListeners> {
  const { settings, sources, identity, objects, store, bus, clock, meter, logger, signal, serving } = parts;
  refuseOpenListener(settings);
  const access = accessServices(store, objects.graph, clock, settings.tokenLifeS * 1_000);
  if (settings.adminPasswordFile !== "") await makeFirstAdmin(access.accounts, settings.adminPasswordFile);
  const sweeping = sweepSessions(access.sessions, clock, logger, signal);
  const audit = new AuditLog(join(settings.dataDir, "audit"), logger);
  const feed = new ChangeFeed(bus, signal);
  const guarded = guardedEntrance(parts, access);
  const { aaaMode, name: nodeName } = settings;
  const more = { access, audit, nodeName, aaaMode, ...counters(meter) };
  const appFor = (entrance: Entrance) =>
    createRestApp({ objects, store, feed, clock, serving, entrance, strangers: guarded, ...more }, logger);
  const entrance = aaaMode === "no-auth" ? openEntrance() : guarded.admit;
  const rest = await serveGuarded(appFor(entrance), {
    listen: settings.restListen,
    socket: settings.restSocket,
    files: settings.pkiDir === "" ? undefined : identity,
    mutual: false,
    advice: certificateAdvice(settings),
    clock,
    logger,
  });
  const { adminSocket, trustedListen, rpcListen } = settings;
  const ownerOnly = { socketMode: 0o600 };
  const admin =
    adminSocket === "" ? undefined : await serveHttp(appFor(openEntrance()), [`unix:${adminSocket}`], ownerOnly);
  const trusted =
    sources === undefined ? undefined : await serveTrusted(appFor(trustedEntrance(sources)), trustedListen);
  const service = configService({ objects, feed, audit, clock, nodeName });
  let rpc: RpcServer | undefined;
  return {
    rest,
    admin,
    trusted,
    async serveRpc() {
      rpc = rpcListen === "" ? undefined : await serveRpc(identity, rpcListen, [service]);
      return rpc;
    },
    async close() {
      await Promise.all([rest.close(), admin?.close(), trusted?.close()]);
      rpc?.close();
      await sweeping;
      await audit.close();
    },
  };
}

/** How to make the certificate that an address beyond loopback needs. */
export function certificateAdvice({ pkiDir, name }: Settings): string {
  const directory = pkiDir === "" ? "DIR" : pkiDir;
  return `make one by "contrail ca --dir ${directory} --role config --name ${name} --address ADDRESS" and set --pki-dir ${directory}`;
}

/** Throws "settings.bad_request" where everybody on other machines would be let in. */
function refuseOpenListener({ aaaMode, restListen }: Settings): void {
  if (aaaMode !== "no-auth" || isLoopback(restListen)) return;
  const advice =
    "set --aaa-mode rbac (or cloud-admin), or listen on 127.0.0.1; --trusted-listen is for CloudStack's stock plugins";
  const message = `--rest-listen ${restListen}: aaa-mode no-auth would let everybody in who reaches it: ${advice}`;
  throw new ContrailError("settings.bad_request", message);
}

function guardedEntrance({ settings, clock, meter }: ClientParts, { sessions }: AccessServices): GuardedEntrance {
  const limited = meter.counter("contrail_config_rate_limited_total", "requests that were refused as too many");
  const rules = { administratorsOnly: settings.aaaMode === "cloud-admin", tenantRate: settings.tenantRate };
  return new GuardedEntrance(sessions, clock, rules, limited);
}

function counters(meter: ClientParts["meter"]) {
  const ignored = meter.counter("contrail_config_ignored_keys_total", "keys of request bodies that name nothing");
  const reserved = meter.counter("contrail_config_reserved_total", "refusals to remove what the system needs");
  return { countIgnored: (count: number) => ignored.add(count), countReserved: () => reserved.add(1) };
}
