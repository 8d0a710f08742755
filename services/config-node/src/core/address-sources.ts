import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import type { IpAddress } from "./ip-address.ts";
import { addressPool, flatSubnetsOf, isFlat, type Subnet, subnetHolds, subnetsOf } from "./subnet.ts";

/** A subnet that a network takes addresses from, and the pool of the store that holds those which are taken. */
export interface AddressSource {
  readonly subnet: Subnet;
  readonly pool: string;
  /** The subnet is a flat IPAM's: all networks that refer to it share its addresses, each is given once. */
  readonly isFlat: boolean;
}

/** Where objects are looked up. */
export type Lookup = Pick<ConfigGraph, "get">;

/** All subnets of a network: its own in the order of its references, then those of the flat IPAMs among these. */
export function addressSources(graph: Lookup, network: ConfigObject): readonly AddressSource[] {
  const own = subnetsOf(network).map((subnet) => ({
    subnet,
    pool: addressPool(network.uuid, subnet),
    isFlat: false,
  }));
  return [...own, ...flatIpamsOf(graph, network).flatMap(flatSources)];
}

/** Those that new addresses come from, in the order in which they are tried (address_allocation_mode). */
export function allowedSources(graph: Lookup, network: ConfigObject): readonly AddressSource[] {
  const sources = addressSources(graph, network);
  const [own, flat] = [sources.filter((source) => !source.isFlat), sources.filter((source) => source.isFlat)];
  switch (network.properties.address_allocation_mode) {
    case "user-defined-subnet-only":
      return own;
    case "flat-subnet-only":
      return flat;
    case "flat-subnet-preferred":
      return [...flat, ...own];
    default:
      return [...own, ...flat];
  }
}

/** The subnets of a flat IPAM; none where it is not flat. */
export function flatSources(ipam: ConfigObject): readonly AddressSource[] {
  return flatSubnetsOf(ipam).map((subnet) => ({ subnet, pool: addressPool(ipam.uuid, subnet), isFlat: true }));
}

/** The flat IPAMs that a network refers to. */
export function flatIpamsOf(graph: Lookup, network: ConfigObject): readonly ConfigObject[] {
  return ipamUuids(network)
    .flatMap((uuid) => graph.get(uuid) ?? [])
    .filter(isFlat);
}

/** The IPAMs that a network refers to. */
export function ipamUuids({ refs }: ConfigObject): readonly string[] {
  return refs.filter(({ toType }) => toType === "network-ipam").map(({ toUuid }) => toUuid);
}

/** The source that an address lies in. */
export function sourceOf(sources: readonly AddressSource[], address: IpAddress): AddressSource | undefined {
  return sources.find(({ subnet }) => subnetHolds(subnet, address));
}

/** Those of the first that are not among the second. */
export function without(sources: readonly AddressSource[], others: readonly AddressSource[]): readonly AddressSource[] {
  const pools = new Set(others.map(({ pool }) => pool));
  return sources.filter(({ pool }) => !pools.has(pool));
}
