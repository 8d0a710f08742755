import type { ContrailError } from "@contrail/errors";
import { DEVICE } from "./cloud.ts";
import type { Command } from "./command-list.ts";
import { broadcastUri } from "./network-plan.ts";
import { DETAIL_UUID } from "./payload.ts";

/**
 * What CloudStack gets for a command that had its effect. It keeps the object of ensure-network-device and sends it back
 * with each call of that network, so a uuid in there tells whose call it is; of implement-network's it takes the two keys;
 * of all others it looks at the status. cloudUuid: by which CloudStack's API knows the network; undefined where it does
 * not tell.
 */
export function successAnswer(
  command: Command,
  networkId: string | undefined,
  cloudUuid?: string,
): Readonly<Record<string, string>> {
  if (command.kind === "device") {
    return { status: "success", device: DEVICE, ...(cloudUuid === undefined ? {} : { [DETAIL_UUID]: cloudUuid }) };
  }
  if (command.name !== "implement-network" || networkId === undefined) return { status: "success" };
  return {
    status: "success",
    "network.broadcast_domain_type": "Lswitch",
    "network.broadcast_uri": broadcastUri(networkId),
  };
}

/** What CloudStack gets for a command that failed; it shows the text to nobody, its log has it. */
export function failureAnswer(error: ContrailError): Readonly<Record<string, string>> {
  return { status: "error", code: error.code, message: error.message };
}
