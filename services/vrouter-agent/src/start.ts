import type { HostSettings } from "@contrail/forwarding";
import { parseInetAddress } from "@contrail/net";
import { identityFiles } from "@contrail/pki";
import {
  createIntrospect,
  createLogger,
  createMeter,
  endpoints,
  type RunningService,
  serveHttp,
  serveIntrospect,
  systemClock,
} from "@contrail/runtime";
import type { Settings } from "./config.ts";
import { Agent } from "./shell/agent.ts";
import { ControlSessions } from "./shell/control-sessions.ts";
import { startAgeing } from "./shell/flow-ageing.ts";
import { openGuestServices } from "./shell/guest-services.ts";
import { hostResolvers } from "./shell/host-resolvers.ts";
import { introspectPages } from "./shell/introspect-pages.ts";
import { openDataPlane } from "./shell/open-data-plane.ts";
import { createPortApi } from "./shell/port-api.ts";
import { PortDirectory } from "./shell/port-directory.ts";
import { makePuntDevices, PUNT_DEVICE } from "./shell/punt-devices.ts";
import { readPunts } from "./shell/punt-reader.ts";
import { QuietDevices } from "./shell/quiet-devices.ts";
import { StateFiles } from "./shell/state-files.ts";

const VERSION = "0.1.0";
/** What tunnel headers take from the machines' MTU (design section 6). */
const TUNNEL_BYTES = 50;

/** Opens the data plane, restores ports and numbers, answers punts, serves, then talks to control nodes; in this order. */
export async function startAgent(settings: Settings): Promise<RunningService> {
  const logger = createLogger(`vrouter-agent ${settings.name}`, settings.logLevel);
  const meter = createMeter();
  const clock = systemClock;
  const files = new StateFiles(settings.stateDir, logger);
  const machineMtu = settings.underlayMtu - TUNNEL_BYTES;
  await makePuntDevices(machineMtu);
  const dataPlane = openDataPlane(settings, clock, logger);
  const hostSettings = hostSettingsOf(settings);
  const agent = new Agent({ settings: hostSettings, dataPlane, files, clock, logger });
  const quiet = new QuietDevices(agent, hostSettings, logger);
  const answered = meter.counter("contrail_agent_punt_replies_total", "frames sent in answer to punted ones");
  const ports = new PortDirectory(() => agent.state);
  const stopPunts = readPunts(ports, machineMtu, answered);
  const closeGuestServices = await openGuestServices({
    ...{ agent, ports, files, clock, meter, logger },
    resolvers: hostResolvers(settings.resolvers, clock),
  });
  const portApi = await serveHttp(createPortApi(agent), endpoints(settings.portListen, settings.portSocket));
  const identity = identityFiles(settings.pkiDir, { role: "agent", name: settings.name });
  const common = {
    agentName: settings.name,
    hostAddress: hostSettings.localAddress,
    version: VERSION,
    identity,
    clock,
    logger,
    random: Math.random,
  };
  const sessions = new ControlSessions(
    settings.controlNodes.split(",").map((address) => ({ ...common, address })),
    agent,
    clock,
  );
  const pages = introspectPages({ name: settings.name, agent, sessions, dataPlane });
  const introspect = await serveIntrospect(createIntrospect(meter, pages), settings, {
    ...common,
    files: identity,
    advice: "set --pki-dir",
  });
  sessions.start();
  const stopAgeing = startAgeing(dataPlane, clock, logger);
  logger.info("serving", { engine: dataPlane.engine, ports: agent.ports().length });

  return {
    async stop() {
      stopAgeing();
      sessions.close();
      agent.close();
      closeGuestServices();
      stopPunts();
      quiet.close();
      await Promise.all([portApi.close(), introspect.close()]);
      await dataPlane.close();
    },
  };
}

function hostSettingsOf(settings: Settings): HostSettings {
  return {
    localAddress: parseInetAddress(settings.address) ?? 0,
    underlayDevice: settings.underlayDevice,
    underlayMtuBytes: settings.underlayMtu,
    puntDevice: PUNT_DEVICE,
    puntsPerSecond: settings.puntsPerSecond,
    flowsPerInterface: settings.flowsPerInterface,
  };
}
