import type { Logger } from "@contrail/observability";
import {
  CertificateWatch,
  createIntrospect,
  createLogger,
  createMeter,
  endpoints,
  type HttpListener,
  type HttpTls,
  KeyedLock,
  type RunningService,
  serveHttp,
  systemClock,
} from "@contrail/runtime";
import { connectVnc, VncClient } from "@contrail/vnc-client";
import { linkCloud } from "./cloud-link.ts";
import type { Settings } from "./config.ts";
import { callsView } from "./core/plugin-status.ts";
import { CallJournal } from "./shell/call-journal.ts";
import { Configuration } from "./shell/configuration.ts";
import { probeConfiguration } from "./shell/configuration-probe.ts";
import { createControlApp } from "./shell/control-routes.ts";
import { Extension } from "./shell/extension.ts";
import { createExtensionApp } from "./shell/extension-routes.ts";
import { groupNumber } from "./shell/group-number.ts";
import { mutualTls, RefusedCallers } from "./shell/mutual-tls.ts";

/** A running plugin with the endpoints that were bound. */
export interface Plugin extends RunningService {
  readonly extension: HttpListener;
  readonly introspect: HttpListener;
}

/** Serves the extension's commands. The configuration node need not be there yet: commands fail until it is. */
export async function startPlugin(settings: Settings): Promise<Plugin> {
  const logger = createLogger("cloudstack-plugin", settings.logLevel);
  const meter = createMeter();
  const vnc = configurationApi(settings);
  const configuration = new Configuration(vnc, systemClock);
  const lock = new KeyedLock();
  const journal = new CallJournal(systemClock, logger, meter, placeOf(settings));
  const link = await linkCloud(settings, { vnc, configuration, lock, logger, meter, journal });
  const refusals = meter.counter("contrail_cloudstack_refused_callers_total", "callers refused by TLS", ["why"]);
  const refused = new RefusedCallers(systemClock, logger, refusals);
  const service = new Extension(configuration, link.identities, lock, () => link.work?.loop.wake());
  const app = () => createExtensionApp({ extension: service, journal, refused, clock: systemClock });
  const tls = settings.listen === "" ? undefined : mutualTls(settings, refused);
  const socketGroup = groupNumber(settings.socketGroup);
  const bounds = socketGroup === undefined ? {} : { socketGroup };
  const extension = await serveHttp(app(), [`unix:${settings.socket}`], bounds);
  const remote = tls === undefined ? undefined : await serveHttp(app(), [settings.listen], {}, tls);
  const watch = watchCertificate(settings, refused, logger, remote, tls);
  const startedAt = new Date(systemClock.wallMs()).toISOString();
  const control = await serveHttp(
    createControlApp({
      status: async () => ({
        name: settings.name,
        startedAt,
        listeners: { socket: settings.socket, tls: remote?.endpoints[0] ?? null },
        configuration: await probeConfiguration(vnc, placeOf(settings), systemClock),
        ...callsView(journal.history),
        refusedCallers: refused.state,
        reconciler: link.work?.loop.status ?? null,
      }),
      events: (limit, afterId) => journal.events.latest(limit, afterId),
      reconciler: link.work,
    }),
    [`unix:${settings.controlSocket}`],
    { socketMode: 0o600 },
  );
  const status = createIntrospect(meter, { status: () => ({ name: settings.name, socket: settings.socket }) });
  const introspect = await serveHttp(status, endpoints(settings.introspectListen, settings.introspectSocket));
  const listeners = [extension, ...(remote === undefined ? [] : [remote]), ...link.listeners, control, introspect];
  logger.info("serving", { endpoints: listeners.flatMap(({ endpoints: bound }) => bound) });
  return {
    extension,
    introspect,
    async stop() {
      link.stop();
      watch?.stop();
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

/** undefined where nothing is served by TLS. */
function watchCertificate(
  settings: Settings,
  refused: RefusedCallers,
  logger: Logger,
  remote: HttpListener | undefined,
  tls: HttpTls | undefined,
): CertificateWatch | undefined {
  if (remote === undefined || tls === undefined) return undefined;
  const read = () => mutualTls(settings, refused).options;
  const watch = new CertificateWatch({ read, apply: remote.renewTls, clock: systemClock, logger }, tls.options);
  watch.start();
  return watch;
}

/** The configuration API: on this machine's socket, or at an address. */
function configurationApi({ configSocket, configUrl, configCaFile, configKeyFile }: Settings): VncClient {
  if (configUrl === "") return new VncClient({ socketPath: configSocket });
  return connectVnc({ url: configUrl, caFile: configCaFile, keyFile: configKeyFile });
}

/** Where that is, for people. */
function placeOf({ configSocket, configUrl }: Settings): string {
  return configUrl === "" ? configSocket : configUrl;
}
