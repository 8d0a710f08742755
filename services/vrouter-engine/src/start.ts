import { randomUUID } from "node:crypto";
import { createForwarder, MPLS_OVER_UDP_OLD_PORT, MPLS_OVER_UDP_PORT } from "@contrail/forwarding";
import { holdUdpPort, openRawInetSocket, watchLinks } from "@contrail/netns";
import { identityFiles } from "@contrail/pki";
import { createLogger, type RunningService } from "@contrail/runtime";
import type { Settings } from "./config.ts";
import { DataPath } from "./shell/data-path.ts";
import { serveDataPlane } from "./shell/data-plane-service.ts";

/** Starts the engine in the network namespace that the process is in. */
export async function startEngine(settings: Settings): Promise<RunningService> {
  const logger = createLogger("vrouter-engine", settings.logLevel).child({ name: settings.name });
  const releasePorts = [MPLS_OVER_UDP_PORT, MPLS_OVER_UDP_OLD_PORT].map(holdUdpPort);
  const underlay = openRawInetSocket();
  const dataPath = new DataPath({
    newForwarder: () => createForwarder(),
    underlay,
    logger,
    nowNs: () => process.hrtime.bigint(),
  });
  const stopWatching = watchLinks(() => dataPath.reconcile());
  const identity = identityFiles(settings.pkiDir, { role: "engine", name: settings.name });
  const server = await serveDataPlane(dataPath, identity, `unix:${settings.socket}`, {
    instance: randomUUID(),
    hostName: settings.name,
  });
  logger.info("engine is ready", { socket: settings.socket });
  return {
    stop: () => {
      server.close();
      stopWatching();
      dataPath.close();
      underlay.close();
      for (const release of releasePorts) release();
      return Promise.resolve();
    },
  };
}
