import { encodeAttributes, type IpAddress, type PathAttributes, type Update } from "@contrail/bgp";
import { parseInet6Address, parseInetAddress } from "@contrail/net";
import { type IpPrefix, routeKey } from "../ip-prefix.ts";
import type { PathSource } from "../path.ts";
import { PLAIN_ATTRIBUTES } from "../plain-attributes.ts";
import type { AgentIpRoute } from "../publications.ts";
import { target } from "../rib.model.ts";
import type { Rib } from "../rib.ts";
import { type InstanceFeatures, NO_FEATURES, type ServiceChain } from "./instance-features.ts";

export const HOST1: PathSource = { kind: "agent", name: "host1", routerId: 0xac1e0102 };
export const HOST2: PathSource = { kind: "agent", name: "host2", routerId: 0xac1e0202 };
/** A peer of this node. */
export const GATEWAY: PathSource = { kind: "internal-peer", name: "gateway", routerId: 7 };

/** "10.0.0.1" or "fd00::1" as an address. For tests. */
export function address(text: string): IpAddress {
  const parsed = parseInetAddress(text) ?? parseInet6Address(text);
  if (parsed === undefined) throw new Error(`no address: ${text}`);
  return parsed;
}

/** "10.0.0.0/24" as a prefix; an address alone is its own. */
export function prefix(text: string): IpPrefix {
  const [left = "", length] = text.split("/");
  const parsed = address(left);
  return { address: parsed, length: Number(length ?? (typeof parsed === "number" ? 32 : 128)) };
}

/** Makes an instance that exports and imports one target, and imports others. */
export function makeInstance(
  rib: Rib,
  name: string,
  own: number,
  imports: readonly number[] = [],
  network = own,
): void {
  const importTargets = [own, ...imports].map(target);
  rib.setInstance({ name, importTargets, exportTargets: [target(own)], virtualNetworkId: network });
}

/** Features with some of them. */
export function features(more: Partial<InstanceFeatures>): InstanceFeatures {
  return { ...NO_FEATURES, ...more };
}

/** A chain from red to blue by a service in red, with some of it another. */
export function chain(more: Partial<ServiceChain> = {}): ServiceChain {
  return {
    destination: "blue",
    connected: "red",
    address: address("10.1.0.100"),
    prefixes: [],
    group: "chain",
    retainAsPath: false,
    ...more,
  };
}

/** A route of a host, of an address of its of either version. */
export function hostRoute(
  host: PathSource,
  text: string,
  label: number,
  more: Partial<AgentIpRoute> = {},
): AgentIpRoute {
  return {
    ...prefix(text),
    nextHop: host.routerId,
    label,
    localPreference: 100,
    sequence: 0,
    securityGroupIds: [],
    virtualNetworkId: 0,
    encapsulations: [13],
    ...more,
  };
}

/** The ways of an IPv4 route of an instance, after all that waits has been worked off: "next hop" and label. */
export function waysOf(rib: Rib, instance: string, text: string): readonly (readonly [number, number])[] | undefined {
  rib.step(Number.POSITIVE_INFINITY);
  const route = rib.route(instance, Number(routeKey(prefix(text))));
  return route?.nextHops.map(({ address, label }) => [address, label] as const);
}

/** Attributes that say little, with some of them others. */
export function plainAttributes(more: Partial<PathAttributes> = {}): PathAttributes {
  return { ...PLAIN_ATTRIBUTES, ...more };
}

/** An UPDATE of a peer with one VPN route of either version, under a distinguisher of its own. */
export function announcement(text: string, nextHop: number, label: number, more: Partial<PathAttributes>): Update {
  const attributes = plainAttributes(more);
  const bytes = encodeAttributes(attributes, { fourOctetAs: true });
  const { address: given, length } = prefix(text);
  const place = { rdHigh: 1, rdLow: 1, length, label };
  const reach =
    typeof given === "number"
      ? { family: "inet-vpn" as const, routes: [{ ...place, address: given }], nextHop }
      : { family: "inet6-vpn" as const, routes: [{ ...place, address: given }], nextHop };
  return { unreach: [], reach: [reach], announced: { bytes, attributes } };
}

/** The UPDATE that takes it back. */
export function withdrawal(text: string): Update {
  const { reach } = announcement(text, 0, 0, {});
  return { unreach: reach.map(({ nextHop: _, ...routes }) => routes), reach: [], announced: undefined };
}
