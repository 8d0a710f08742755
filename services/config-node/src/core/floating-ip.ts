import type { ConfigObject } from "@contrail/schema";

/** A floating-ip that lost its last interface loses its fixed address with it; every other object stays as it is. */
export function withoutStaleFixedAddress(before: ConfigObject, after: ConfigObject): ConfigObject {
  if (after.type !== "floating-ip" || !hasInterface(before) || hasInterface(after)) return after;
  const { floating_ip_fixed_ip_address: _, ...properties } = after.properties;
  return { ...after, properties };
}

function hasInterface(object: ConfigObject): boolean {
  return object.refs.some(({ toType }) => toType === "virtual-machine-interface");
}
