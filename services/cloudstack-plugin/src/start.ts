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
import { VncClient } from "@contrail/vnc-client";
import { linkCloud } from "./cloud-link.ts";
import type { Settings } from "./config.ts";
import { Configuration } from "./shell/configuration.ts";
import { Extension } from "./shell/extension.ts";
import { createExtensionApp } from "./shell/extension-routes.ts";

/** A running plugin with the endpoints that were bound. */
export interface Plugin extends RunningService {
  readonly extension: HttpListener;
  readonly introspect: HttpListener;
}

/** Serves the extension's commands. The configuration node need not be there yet: commands fail until it is. */
export async function startPlugin(settings: Settings): Promise<Plugin> {
  const logger = createLogger("cloudstack-plugin", settings.logLevel);
  const meter = createMeter();
  const vnc = new VncClient({ socketPath: settings.configSocket });
  const configuration = new Configuration(vnc);
  const lock = new KeyedLock();
  const link = await linkCloud(settings, { vnc, configuration, lock, logger, meter });
  const calls = meter.counter("contrail_cloudstack_calls_total", "commands of CloudStack, by result", [
    "command",
    "result",
  ]);
  const app = createExtensionApp(new Extension(configuration, link.identities, lock), systemClock, logger, calls);
  const extension = await serveHttp(app, [`unix:${settings.socket}`]);
  const status = createIntrospect(meter, { status: () => ({ name: settings.name, socket: settings.socket }) });
  const introspect = await serveHttp(status, endpoints(settings.introspectListen, settings.introspectSocket));
  logger.info("serving", { extension: extension.endpoints, introspect: introspect.endpoints });
  return {
    extension,
    introspect,
    async stop() {
      link.stop();
      await Promise.all([extension, introspect, ...link.listeners].map((listener) => listener.close()));
    },
  };
}
