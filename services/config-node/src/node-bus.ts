import { join } from "node:path";
import { openKafkaBus } from "@contrail/backends";
import type { Bus } from "@contrail/bus";
import { createLocalBus, openLog, serveLog } from "@contrail/bus-embedded";
import type { Logger } from "@contrail/observability";
import { type Identity, identityFiles } from "@contrail/pki";
import type { Settings } from "./config.ts";

/** The bus as this node has it; serve: lets other processes read it, where that is this node's work. */
export interface NodeBus {
  readonly bus: Bus;
  serve(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the bus of the settings: the embedded log, which this node can serve, or Kafka. */
export async function openBus(settings: Settings, logger: Logger): Promise<NodeBus> {
  if (settings.bus === "embedded") return openEmbedded(settings);
  const bus = openKafkaBus(settings, logger, ownIdentity(settings));
  return { bus, serve: () => Promise.resolve(), close: () => bus.close() };
}

/** What the node shows to servers that ask who it is. */
export function ownIdentity({ pkiDir, name }: Settings): Identity | undefined {
  return pkiDir === "" ? undefined : identityFiles(pkiDir, { role: "config", name });
}

async function openEmbedded({ dataDir, busListen, pkiDir, name }: Settings): Promise<NodeBus> {
  const log = await openLog(join(dataDir, "log.db"));
  let server: Awaited<ReturnType<typeof serveLog>> | undefined;
  return {
    bus: createLocalBus(log),
    async serve() {
      if (busListen !== "") server = await serveLog(log, identityFiles(pkiDir, { role: "config", name }), busListen);
    },
    async close() {
      server?.close();
      await log.close();
    },
  };
}
