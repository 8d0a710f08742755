import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import type { VncClient } from "@contrail/vnc-client";

const BROADCAST_URI = "cloudstack.broadcast-uri";

/**
 * The virtual network of the configuration that is a network of CloudStack: that of CloudStack's uuid, or of the broadcast
 * URI that the plugin answered. Throws "demo.failed" where there is none.
 */
export async function configuredNetwork(
  vnc: VncClient,
  cloudStackId: string,
  broadcastUri: () => Promise<string | undefined>,
): Promise<JsonObject> {
  try {
    return await vnc.read("virtual-network", cloudStackId);
  } catch (reason) {
    if (ContrailError.from(reason).code !== "vnc.not_found") throw reason;
  }
  const uri = await broadcastUri();
  const all = await vnc.list("virtual-network", true);
  const found = all.find((network) => uri !== undefined && annotation(network, BROADCAST_URI) === uri);
  if (found !== undefined) return found;
  const message = `the configuration has no network of CloudStack's ${cloudStackId}; is the plugin up? see: contrail status`;
  throw new ContrailError("demo.failed", message);
}

function annotation({ annotations }: JsonObject, key: string): unknown {
  const pairs = (annotations as { key_value_pair?: readonly JsonObject[] } | null | undefined)?.key_value_pair; // KeyValuePairs.
  return pairs?.find((pair) => pair.key === key)?.value;
}
