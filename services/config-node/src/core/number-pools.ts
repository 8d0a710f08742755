import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";

/** A pool of numbers of the store, and the numbers in it. */
export interface NumberPool {
  readonly pool: string;
  readonly first: bigint;
  readonly last: bigint;
}

/** virtual_network_network_id. */
export const NETWORK_IDS: NumberPool = { pool: "virtual-network-id", first: 1n, last: 0xffffffn };
/** security_group_id. */
export const SECURITY_GROUP_IDS: NumberPool = { pool: "security-group-id", first: 8_000_000n, last: 0xfffffffen };
/** Numbers of tag types that clients make; those below are the system's. */
export const TAG_TYPE_IDS: NumberPool = { pool: "tag-type-id", first: 0x100n, last: 0xffffn };

/** Numbers of the values of a tag type. */
export function tagValueIds(tagType: string): NumberPool {
  return { pool: `tag-value-id:${tagType}`, first: 1n, last: 0xffffn };
}

/** Where an object of a type has its address, and the address's family. */
export const ADDRESS_FIELDS: Readonly<Record<string, { readonly address: string; readonly family: string }>> = {
  "instance-ip": { address: "instance_ip_address", family: "instance_ip_family" },
  "floating-ip": { address: "floating_ip_address", family: "floating_ip_address_family" },
  "alias-ip": { address: "alias_ip_address", family: "alias_ip_address_family" },
};

/** The network that an address is taken from: the one referred to, or that of the pool above. */
export function networkOfAddress(graph: ConfigGraph, object: ConfigObject): ConfigObject | undefined {
  if (object.type === "instance-ip") {
    const ref = object.refs.find(({ toType }) => toType === "virtual-network");
    return ref === undefined ? undefined : graph.get(ref.toUuid);
  }
  const pool = object.parentUuid === undefined ? undefined : graph.get(object.parentUuid);
  const above = pool?.parentUuid === undefined ? undefined : graph.get(pool.parentUuid);
  return above?.type === "virtual-network" ? above : undefined;
}
