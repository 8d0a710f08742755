import type { ConfigObject } from "./config-object.ts";
import type { JsonObject, JsonValue } from "./json.ts";

const MAX_VNI = 0xffffff;

/**
 * The VNI of a virtual network (RFC 7348 section 5: 24 bits, not 0): its network id, or, where
 * vxlan_network_identifier_mode is "configured", what virtual_network_properties say. Undefined where there is none.
 */
export function vxlanIdentifier({ properties }: ConfigObject, mode: JsonValue | undefined): number | undefined {
  const given = properties.virtual_network_properties as JsonObject | null | undefined; // VirtualNetworkType.
  const value = mode === "configured" ? given?.vxlan_network_identifier : properties.virtual_network_network_id;
  const number = Number(value);
  return Number.isInteger(number) && number > 0 && number <= MAX_VNI ? number : undefined;
}
