import type { Clock } from "@contrail/clock";
import type { DataPlane } from "@contrail/dataplane";
import { createEngineDataPlane } from "@contrail/dataplane-engine";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import { identityFiles } from "@contrail/pki";
import type { Settings } from "../config.ts";

/** The data plane that the settings ask for. Rejects with "agent.bad_request" where they do not fit together. */
export async function openDataPlane(settings: Settings, clock: Clock, logger: Logger): Promise<DataPlane> {
  if (settings.engineSocket === "") {
    throw new ContrailError(
      "agent.bad_request",
      "--engine typescript needs --engine-socket, the socket of vrouter-engine",
    );
  }
  return createEngineDataPlane({
    address: `unix:${settings.engineSocket}`,
    identity: identityFiles(settings.pkiDir, { role: "agent", name: settings.name }),
    engineName: settings.name,
    clock,
    logger,
  });
}
