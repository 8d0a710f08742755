import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject, JsonValue } from "@contrail/schema";
import { addressSources, sourceOf } from "./address-sources.ts";
import { parseIpAddress } from "./ip-address.ts";
import {
  ADDRESS_FIELDS,
  NETWORK_IDS,
  type NumberPool,
  networkOfAddress,
  SECURITY_GROUP_IDS,
  TAG_TYPE_IDS,
  tagValueIds,
} from "./number-pools.ts";
import { loosePool } from "./subnet.ts";
import { tagNameOf } from "./tag-name.ts";

/** A number that an object has, and has to own in a pool of the store. */
export interface NumberClaim {
  readonly pool: string;
  readonly value: bigint;
  /** As a person knows it: "10.0.0.3", "8000001". */
  readonly text: string;
}

/** The numbers and addresses that an object has. */
export function claimsOf(graph: ConfigGraph, object: ConfigObject): readonly NumberClaim[] {
  const { type, properties } = object;
  switch (type) {
    case "virtual-network":
      return numberOf(properties.virtual_network_network_id, NETWORK_IDS);
    case "security-group":
      return numberOf(properties.security_group_id, SECURITY_GROUP_IDS);
    case "tag-type":
      return numberOf(properties.tag_type_id, TAG_TYPE_IDS);
    case "tag": {
      const name = tagNameOf(object);
      const { tag_id } = properties;
      if (name === undefined || typeof tag_id !== "string") return [];
      return numberOf(`0x${tag_id.slice(-4)}`, tagValueIds(name.tagType));
    }
    default:
      return addressOf(graph, object);
  }
}

function numberOf(value: JsonValue | undefined, { pool, first, last }: NumberPool): readonly NumberClaim[] {
  const text = String(value);
  if (!/^(0x[0-9a-fA-F]+|[0-9]+)$/.test(text)) return [];
  const number = BigInt(text);
  return number >= first && number <= last ? [{ pool, value: number, text }] : [];
}

function addressOf(graph: ConfigGraph, object: ConfigObject): readonly NumberClaim[] {
  const field = ADDRESS_FIELDS[object.type];
  const text = field === undefined ? undefined : object.properties[field.address];
  const network = networkOfAddress(graph, object);
  const address = typeof text === "string" ? parseIpAddress(text) : undefined;
  if (typeof text !== "string" || network === undefined || address === undefined) return [];
  const source = sourceOf(addressSources(graph, network), address);
  return [{ pool: source?.pool ?? loosePool(network.uuid, address.family), value: address.value, text }];
}
