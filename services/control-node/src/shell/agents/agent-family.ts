import type { VrfKey } from "@contrail/rib";
import { agentWire } from "@contrail/wire";

/** A family of routes that a session with an agent may have; "inet" every session has. */
export type AgentFamily = "inet" | "inet6" | "e-vpn";

const { ADDRESS_FAMILY_INET: INET, ADDRESS_FAMILY_INET6: INET6, ADDRESS_FAMILY_E_VPN: E_VPN } = agentWire.AddressFamily;

const BY_NUMBER: ReadonlyMap<number, AgentFamily> = new Map([
  [INET, "inet"],
  [INET6, "inet6"],
  [E_VPN, "e-vpn"],
]);

/** The families that a Hello asks for; those that only newer agents know are passed over. */
export function fromWireFamilies(families: readonly number[]): ReadonlySet<AgentFamily> {
  return new Set(["inet", ...families.flatMap((number) => BY_NUMBER.get(number) ?? [])]);
}

/** What Welcome says of a session's families: those beside inet. */
export function toWireFamilies(families: ReadonlySet<AgentFamily>): agentWire.AddressFamily[] {
  return [...(families.has("inet6") ? [INET6] : []), ...(families.has("e-vpn") ? [E_VPN] : [])];
}

/** The family of a route of an instance. */
export function familyOfKey(key: VrfKey): AgentFamily {
  if (typeof key === "number") return "inet";
  return typeof key === "bigint" ? "inet6" : "e-vpn";
}
