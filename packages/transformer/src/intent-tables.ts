import type { ConfigChange, ConfigObject, JsonValue } from "@contrail/schema";
import { type FactTable, factTable, objectTable } from "./fact-table.ts";
import type { Flow, Reader } from "./flow.ts";

/** Types whose objects the rules read. */
const TYPES = [
  "bgp-as-a-service",
  "bgpvpn",
  "global-system-config",
  "instance-ip",
  "interface-route-table",
  "loadbalancer",
  "loadbalancer-listener",
  "loadbalancer-member",
  "loadbalancer-pool",
  "logical-router",
  "network-ipam",
  "network-policy",
  "port-tuple",
  "route-aggregate",
  "route-table",
  "routing-policy",
  "security-group",
  "service-health-check",
  "service-instance",
  "service-template",
  "virtual-machine",
  "virtual-machine-interface",
  "virtual-network",
] as const;

type InputType = (typeof TYPES)[number];

/** References whose targets are asked for those that refer to them. */
const REFERENCES = [
  "instance-ip>virtual-machine-interface",
  "interface-route-table>service-instance",
  "loadbalancer-listener>loadbalancer",
  "loadbalancer-pool>loadbalancer-listener",
  "service-health-check>service-instance",
  "virtual-machine-interface>port-tuple",
  "virtual-machine-interface>virtual-machine",
  "virtual-machine>service-instance",
  "virtual-network>network-policy",
  "virtual-network>routing-policy",
] as const;

type ReferenceKind = (typeof REFERENCES)[number];

const OBJECTS: ReadonlyMap<string, FactTable<ConfigObject>> = new Map(
  TYPES.map((type) => [type, objectTable<ConfigObject>(type)] as const),
);
const REFERRERS: ReadonlyMap<string, FactTable<JsonValue>> = new Map(
  REFERENCES.map((kind) => [kind, factTable<JsonValue>(kind)] as const),
);

/** Instance-ips by network and address. */
const ADDRESSES: FactTable<true> = factTable("addresses");

/** Types whose objects are asked for their parents' sake. */
const CHILD_TYPES = ["loadbalancer-member", "port-tuple"] as const;

type ChildType = (typeof CHILD_TYPES)[number];

const CHILDREN: ReadonlyMap<string, FactTable<true>> = new Map(
  CHILD_TYPES.map((type) => [type, factTable<true>(`${type} of`)] as const),
);

/** The table of the objects of a type, by name. */
export function objectsOf(type: InputType): FactTable<ConfigObject> {
  return tableOf(OBJECTS, type);
}

/** The object of a type and name (fq_name joined by ':'). */
export function objectOf(read: Reader, type: InputType, name: string): ConfigObject | undefined {
  return read.value(objectsOf(type), name);
}

/** Names of the objects that refer to one, with the references' attributes; ordered by name. */
export function referrersOf(read: Reader, kind: ReferenceKind, name: string) {
  return read.values(tableOf(REFERRERS, kind), name);
}

/** Names of the instance-ips that have an address in a network, ordered. */
export function addressesOf(read: Reader, network: string, address: string): readonly string[] {
  return read.values(ADDRESSES, addressKey(network, address)).map(([name]) => name);
}

/** Names of the children of a type that an object has, ordered. */
export function childrenOf(read: Reader, type: ChildType, parent: string): readonly string[] {
  return read.values(tableOf(CHILDREN, type), parent).map(([name]) => name);
}

/** Writes what a change of an object says into the tables, where rules read objects of its type. */
export function putObject(flow: Flow, change: ConfigChange): void {
  const object = change.kind === "upsert" ? change.object : undefined;
  const { type, fqName } = object ?? (change as Exclude<ConfigChange, { kind: "upsert" }>); // It is one or the other.
  const name = nameOf({ fqName });
  const table = OBJECTS.get(type);
  if (table === undefined) return;
  const before = flow.get(table, name, "");
  flow.put(table, name, "", object);
  const children = CHILDREN.get(type);
  if (children !== undefined)
    flow.put(children, nameOf({ fqName: fqName.slice(0, -1) }), name, object ? true : undefined);
  replace(flow, REFERRERS, name, linksOf(before), linksOf(object));
  if (type === "instance-ip") replaceAddress(flow, name, before, object);
}

/** The name of an object: its fq_name joined by ':'. */
export function nameOf({ fqName }: { readonly fqName: readonly string[] }): string {
  return fqName.join(":");
}

/** Names of an object's targets of a type, in the order of the references, each once. */
export function targetsOf(object: ConfigObject | undefined, toType: string): readonly string[] {
  const refs = object?.refs.filter((ref) => ref.toType === toType) ?? [];
  return [...new Set(refs.map((ref) => ref.toFqName.join(":")))];
}

/** The machine of an interface: the one that it refers to; an interface alone stands for one of its own. */
export function machineOf(vmi: ConfigObject): string {
  return targetsOf(vmi, "virtual-machine")[0] ?? `interface ${nameOf(vmi)}`;
}

type Links = ReadonlyMap<string, { readonly kind: string; readonly target: string; readonly value: JsonValue }>;

function linksOf(object: ConfigObject | undefined): Links {
  const found = new Map<string, { readonly kind: string; readonly target: string; readonly value: JsonValue }>();
  for (const { toType, toFqName, attr } of object?.refs ?? []) {
    const kind = `${object?.type}>${toType}`;
    const target = toFqName.join(":");
    if (REFERRERS.has(kind)) found.set(`${kind} ${target}`, { kind, target, value: attr });
  }
  return found;
}

function replace(
  flow: Flow,
  tables: ReadonlyMap<string, FactTable<JsonValue>>,
  source: string,
  before: Links,
  after: Links,
): void {
  for (const [key, { kind, target }] of before) {
    if (!after.has(key)) flow.put(tableOf(tables, kind), target, source, undefined);
  }
  for (const { kind, target, value } of after.values()) flow.put(tableOf(tables, kind), target, source, value);
}

function replaceAddress(
  flow: Flow,
  name: string,
  before: ConfigObject | undefined,
  after: ConfigObject | undefined,
): void {
  const keyOf = (ip: ConfigObject | undefined): string => {
    return addressKey(targetsOf(ip, "virtual-network")[0] ?? "", String(ip?.properties.instance_ip_address));
  };
  if (before !== undefined) flow.put(ADDRESSES, keyOf(before), name, undefined);
  if (after !== undefined) flow.put(ADDRESSES, keyOf(after), name, true);
}

function addressKey(network: string, address: string): string {
  return `${network} ${address}`;
}

function tableOf<V>(tables: ReadonlyMap<string, FactTable<V>>, name: string): FactTable<V> {
  const table = tables.get(name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
}
