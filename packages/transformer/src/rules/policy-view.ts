import type { ConfigObject, JsonObject } from "@contrail/schema";
import { type FactTable, fact, factTable } from "../fact-table.ts";
import type { Reader, Rule } from "../flow.ts";
import { nameOf, objectOf, objectsOf, referrersOf } from "../intent-tables.ts";
import { record } from "../json-read.ts";
import { denyingPart, type NetworkRules, networkRules } from "../network-rules.ts";
import type { ServiceRequest } from "../service-request.ts";

/** What the policies of a network say, under the network's name. */
export const POLICY_VIEW: FactTable<Pick<NetworkRules, "aclRules"> & { readonly wants: readonly string[] }> =
  factTable("policy view");
/** Service chains that a network wants, by the chain's id; a chain needs both of its networks. */
export const CHAIN_REQUESTS: FactTable<ServiceRequest> = factTable("chain requests");
/** fq_names of the networks that want one to be connected with, or that want "any"; by the wanted name. */
const WANTED: FactTable<readonly string[]> = factTable("wanted by");
/** The same for one pair: "wanting wanted". */
const WANTS: FactTable<readonly string[]> = factTable("wants");

/** Networks that want this one and that it wants: a connection needs both. fq_names, ordered by name. */
export function connectedNetworks(read: Reader, name: string): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  for (const wanted of read.value(POLICY_VIEW, name)?.wants ?? []) {
    if (wanted === "any") {
      for (const key of [name, "any"]) for (const [other, fqName] of read.values(WANTED, key)) found.set(other, fqName);
      continue;
    }
    const fqName = read.value(WANTS, `${wanted} ${name}`) ?? read.value(WANTS, `${wanted} any`);
    if (fqName !== undefined) found.set(wanted, fqName);
  }
  found.delete(name);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fqName]) => fqName);
}

/** What the policies of each network say. */
export const policyViewRule: Rule = {
  name: "policy view",
  on: objectsOf("virtual-network"),
  run(name, read) {
    const network = objectOf(read, "virtual-network", name);
    if (network === undefined) return {};
    const namesOf = (policy: string) => referrersOf(read, "virtual-network>network-policy", policy).map(([key]) => key);
    const { wants, requests, aclRules } = networkRules(name, policiesInOrder(read, network), namesOf);
    const wanted = [...wants].sort();
    return {
      facts: [
        fact(POLICY_VIEW, name, name, { aclRules, wants: wanted }),
        ...wanted.flatMap((other) => [
          fact(WANTED, other, name, network.fqName),
          fact(WANTS, `${name} ${other}`, name, network.fqName),
        ]),
        ...requests.map((request) => fact(CHAIN_REQUESTS, request.id, name, request)),
      ],
    };
  },
};

function policiesInOrder(read: Reader, network: ConfigObject): ConfigObject[] {
  const refs = network.refs.filter((ref) => ref.toType === "network-policy");
  const order = (attr: JsonObject): readonly [number, number] => {
    const sequence = record(attr.sequence);
    return [Number(sequence.major ?? 0), Number(sequence.minor ?? 0)];
  };
  const keyed = refs.map((ref) => {
    const attr = record(ref.attr);
    const timed = Object.keys(record(attr.timer)).length > 0;
    return { name: nameOf({ fqName: ref.toFqName }), key: order(attr), timed };
  });
  keyed.sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1] || (a.name < b.name ? -1 : 1));
  return keyed.flatMap(({ name, timed }) => {
    const policy = objectOf(read, "network-policy", name);
    if (policy === undefined) return [];
    return [timed ? denyingPart(policy) : policy];
  });
}
