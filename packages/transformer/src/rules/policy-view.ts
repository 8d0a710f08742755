import { type ConfigObject, type JsonObject, record } from "@contrail/schema";
import { type FactTable, fact, factTable } from "../fact-table.ts";
import type { Reader, Rule } from "../flow.ts";
import { nameOf, objectOf, objectsOf, referrersOf } from "../intent-tables.ts";
import { denyingPart, type NetworkRules, networkRules } from "../network-rules.ts";
import type { ServiceRequest } from "../service-request.ts";
import { digitsOf, mayUse, type Placed, projectName, type Sharing, sharingOf } from "./sharing.ts";

/** What the policies of a network say, under the network's name. */
export const POLICY_VIEW: FactTable<Pick<NetworkRules, "aclRules"> & { readonly wants: readonly string[] }> =
  factTable("policy view");
/** Service chains that a network wants, by the chain's id; a chain needs both of its networks. */
export const CHAIN_REQUESTS: FactTable<ServiceRequest> = factTable("chain requests");
/** A network that wants to be connected. */
interface Wanting extends Placed {
  readonly sharing: Sharing;
}

/** Networks that want one by its name, or "any" (under anyKeys()). */
const WANTED: FactTable<Wanting> = factTable("wanted by");
/** The same for one pair: "wanting wanted". */
const WANTS: FactTable<Wanting> = factTable("wants");

/**
 * Networks that want this one and that it wants: a connection needs both. "any" stands for the networks of the same
 * project, and for those of others that this one is shared with: who writes it has not meant every tenant of the cloud,
 * and whoever names a network of somebody else gets to it only where that one names his too, or is shared with him.
 * fq_names, ordered by name.
 */
export function connectedNetworks(read: Reader, name: string): readonly (readonly string[])[] {
  const network = objectOf(read, "virtual-network", name);
  if (network === undefined) return [];
  const own: Wanting = wanting(network);
  const found = new Map<string, readonly string[]>();
  for (const wanted of read.value(POLICY_VIEW, name)?.wants ?? []) {
    if (wanted === "any") {
      for (const [other, candidate] of read.values(WANTED, name)) {
        if (mayUse(candidate, own.sharing)) found.set(other, candidate.fqName);
      }
      for (const key of anyKeysOf(own)) {
        for (const [other, candidate] of read.values(WANTED, key)) {
          if (mayUse(candidate, own.sharing) && mayUse(own, candidate.sharing)) found.set(other, candidate.fqName);
        }
      }
      continue;
    }
    const named = read.value(WANTS, `${wanted} ${name}`);
    const open = named === undefined ? read.value(WANTS, `${wanted} any`) : undefined;
    if (named !== undefined) found.set(wanted, named.fqName);
    else if (open !== undefined && mayUse(own, open.sharing)) found.set(wanted, open.fqName);
  }
  found.delete(name);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fqName]) => fqName);
}

function wanting(network: ConfigObject): Wanting {
  const { fqName, parentUuid } = network;
  return { fqName, parentUuid, sharing: sharingOf(network) };
}

/** Where a network that wants "any" is found by those that it may mean: its project's, and those it is shared with. */
function anyKeys({ sharing }: Wanting): readonly string[] {
  const { project, everybody, tenants } = sharing;
  return [`any ${project}`, ...(everybody ? ["any"] : []), ...tenants.map((tenant) => `any tenant ${tenant}`)];
}

/** Under which of them a network looks. */
function anyKeysOf({ fqName, parentUuid }: Placed): readonly string[] {
  const tenant = parentUuid === undefined ? [] : [`any tenant ${digitsOf(parentUuid)}`];
  return [`any ${projectName({ fqName })}`, "any", ...tenant];
}

/** What the policies of each network say. */
export const policyViewRule: Rule = {
  name: "policy view",
  on: objectsOf("virtual-network"),
  run(name, read) {
    const network = objectOf(read, "virtual-network", name);
    if (network === undefined) return {};
    const own = wanting(network);
    const namesOf = (policy: string) => networksOf(read, network, policy);
    const { wants, requests, aclRules } = networkRules(name, policiesInOrder(read, network), namesOf);
    const wanted = [...wants].sort();
    return {
      facts: [
        fact(POLICY_VIEW, name, name, { aclRules, wants: wanted }),
        ...wanted.flatMap((other) => [
          ...(other === "any" ? anyKeys(own) : [other]).map((key) => fact(WANTED, key, name, own)),
          fact(WANTS, `${name} ${other}`, name, own),
        ]),
        ...requests.map((request) => fact(CHAIN_REQUESTS, request.id, name, request)),
      ],
    };
  },
};

/** Networks with a policy, as far as a network may know of them: a tenant does not learn who else uses a shared policy. */
function networksOf(read: Reader, network: ConfigObject, policy: string): string[] {
  return referrersOf(read, "virtual-network>network-policy", policy).flatMap(([key]) => {
    const other = objectOf(read, "virtual-network", key);
    return other !== undefined && mayUse(network, sharingOf(other)) ? [key] : [];
  });
}

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
