import { ContrailError } from "@contrail/errors";
import { BROADCAST_MAC, formatInetAddress, formatInetPrefix, inetPrefix } from "@contrail/net";
import type { AgentRoute } from "@contrail/rib";
import type { agentWire } from "@contrail/wire";

/** Labels below are reserved (RFC 3032 section 2.1); a label has 20 bits. */
const FIRST_LABEL = 16;
const LAST_LABEL = 0xfffff;
/** Communities of a route are bounded, so that its attributes fit a BGP message of 4096 octets. */
const MAX_GROUPS = 256;
const MAX_ENCAPSULATIONS = 8;
/** Set in the address of several stations (IEEE 802 section 8.2). */
const GROUP_BIT = 1n << 40n;

/**
 * A route as an agent of this address published it; undefined for a family that is not known. Throws
 * "control.permission_denied" where it leads to another host, "control.bad_request" where it is no route.
 */
export function fromWireRoute(route: agentWire.AgentRoute, hostAddress: number): AgentRoute | undefined {
  const prefix = fromWirePrefix(route.prefix);
  if (prefix === undefined) return undefined;
  const { nextHop } = route;
  const name = formatInetPrefix(prefix);
  if (nextHop === undefined) throw new ContrailError("control.bad_request", `route ${name} has no next hop`);
  if (nextHop.address !== hostAddress) {
    const [given, own] = [formatInetAddress(nextHop.address), formatInetAddress(hostAddress)];
    throw new ContrailError("control.permission_denied", `route ${name} leads to ${given}; an agent speaks for ${own}`);
  }
  if (nextHop.label < FIRST_LABEL || nextHop.label > LAST_LABEL)
    throw new ContrailError("control.bad_request", `route ${name} has label ${nextHop.label}`);
  if (route.securityGroupIds.length > MAX_GROUPS || nextHop.encapsulations.length > MAX_ENCAPSULATIONS)
    throw new ContrailError("control.bad_request", `route ${name} has more than ${MAX_GROUPS} security groups`);
  return {
    ...prefix,
    nextHop: nextHop.address,
    label: nextHop.label,
    localPreference: route.localPreference,
    sequence: route.sequence,
    securityGroupIds: route.securityGroupIds,
    virtualNetworkId: route.virtualNetworkId,
    encapsulations: nextHop.encapsulations,
    routerMac: fromWireMac(nextHop.routerMac, name),
  };
}

/** The router's MAC of a route: one station's (RFC 9136 section 3.2). */
function fromWireMac(given: bigint | undefined, name: string): number | undefined {
  if (given === undefined) return undefined;
  const isStation = given > 0n && given <= BROADCAST_MAC && (given & GROUP_BIT) === 0n;
  if (!isStation) throw new ContrailError("control.bad_request", `route ${name} has router's MAC ${given}`);
  return Number(given);
}

/** A prefix as it came, host bits cleared; undefined for a family that is not known. Throws "control.bad_request". */
export function fromWirePrefix(prefix: agentWire.Prefix | undefined): { address: number; length: number } | undefined {
  if (prefix?.prefix?.$case !== "inet") return undefined;
  const { address, length } = prefix.prefix.value;
  if (length > 32) throw new ContrailError("control.bad_request", `a prefix length of ${length}`);
  return inetPrefix(address, length);
}
