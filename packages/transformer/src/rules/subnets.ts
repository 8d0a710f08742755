import { type ConfigObject, type JsonObject, list, record } from "@contrail/schema";
import { type FactTable, fact, factTable } from "../fact-table.ts";
import type { Reader, Rule } from "../flow.ts";
import { nameOf, objectOf, objectsOf } from "../intent-tables.ts";
import { text } from "../json-read.ts";

/** Prefixes of a network by family, "10.0.0.0/24" and "fd00::/64", ordered as they are given. */
export interface Prefixes {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
}

/** Prefixes of a network, by its name; those of flat IPAMs that it refers to are among them. */
export const SUBNETS: FactTable<Prefixes> = factTable("subnets");

/** Reads the subnets of every network. */
export const subnetsRule: Rule = {
  name: "subnets",
  on: objectsOf("virtual-network"),
  run(name, read) {
    const network = objectOf(read, "virtual-network", name);
    const found = ipamSubnets(read, network).flatMap((subnet) => prefixOf(subnet) ?? []);
    const prefixes = {
      v4: found.filter((text) => !text.includes(":")),
      v6: found.filter((text) => text.includes(":")),
    };
    return { facts: [fact(SUBNETS, name, name, prefixes)] };
  },
};

/** The subnets of a network (IpamSubnetType), those of flat IPAMs that it refers to among them, ordered as given. */
export function ipamSubnets(read: Reader, network: ConfigObject | undefined): readonly JsonObject[] {
  return (network?.refs ?? []).flatMap((ref) => {
    if (ref.toType !== "network-ipam") return [];
    const own = list(record(ref.attr).ipam_subnets);
    const ipam = objectOf(read, "network-ipam", nameOf({ fqName: ref.toFqName }));
    const flat = list(record(ipam?.properties.ipam_subnets).subnets);
    return [...own, ...flat].map(record);
  });
}

/** "10.0.0.0/24"; undefined for an entry without a prefix. */
function prefixOf(entry: JsonObject): string | undefined {
  const { ip_prefix, ip_prefix_len } = record(entry.subnet);
  const prefix = text(ip_prefix);
  return prefix === undefined || typeof ip_prefix_len !== "number" ? undefined : `${prefix}/${ip_prefix_len}`;
}
