import type { Clock } from "@contrail/clock";
import type { DataPlane } from "@contrail/dataplane";
import { openEbpfDataPlane } from "@contrail/dataplane-ebpf";
import { createEngineDataPlane } from "@contrail/dataplane-engine";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import { identityFiles } from "@contrail/pki";
import type { Settings } from "../config.ts";

/**
 * The data plane that the settings ask for; "auto" is the engine's where a socket is named, else the kernel's. Throws
 * "agent.bad_request" where they do not fit together, and what the kernel says where it refuses.
 */
export function openDataPlane(settings: Settings, clock: Clock, logger: Logger): DataPlane {
  const typescript = settings.engine === "typescript" || (settings.engine === "auto" && settings.engineSocket !== "");
  if (!typescript) {
    return openEbpfDataPlane({ pinDirectory: settings.pinDir, flowsPerHost: settings.flowsPerHost, logger });
  }
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
