import {
  type JsonObject,
  type JsonValue,
  type Link,
  type ObjectType,
  objectType,
  type Property,
  struct,
  underscored,
} from "@contrail/schema";
import fc from "fast-check";

/** Types that stand below a project, and types below these. What the server gives a meaning of its own is left out. */
export const GRAPH_TYPES = [
  "address-group",
  "bridge-domain",
  "device-functional-group",
  "floating-ip-pool",
  "grpc-profile",
  "loadbalancer",
  "loadbalancer-healthmonitor",
  "loadbalancer-listener",
  "loadbalancer-member",
  "loadbalancer-pool",
  "netconf-profile",
  "network-policy",
  "port-profile",
  "route-table",
  "security-group",
  "service-health-check",
  "sflow-profile",
  "storm-control-profile",
  "telemetry-profile",
  "virtual-network",
] as const;
/** Properties whose values the server checks, completes or allocates from. */
const MEANINGFUL = /route_target|_entries$|subnet|_ip_|address$|_id$/;
/** Properties without which the server takes no object of the type. */
const NEEDED = ["loadbalancer_healthmonitor_properties"];
/** Types that refer to others, so that there are references. */
const REFERRERS = ["virtual-network", "virtual-network", "telemetry-profile", "port-profile"] as const;
const MIN_OBJECTS = 15;
const MAX_OBJECTS = 30;
const MAX_DEPTH = 3;

/** Words that a careless writer of YAML gets wrong. */
const NAMES = ["a", "ü", "x: y", "# z", "1", "yes", "0x1", "a b", "- d", "{e}", "null", "'f'", 'g"h', "~", "*i", "1e3"];

/** A document of `contrail api`: one object below its type. */
export type GraphObject = { readonly type: string; readonly content: JsonObject };

/** Graphs of objects below a project, in any order, with properties of all kinds and references that may run in rings. */
export function graphs(project: readonly string[]): fc.Arbitrary<readonly GraphObject[]> {
  const kinds = fc.tuple(fc.constantFrom(...GRAPH_TYPES, ...REFERRERS), fc.constantFrom(...NAMES), fc.nat());
  return fc.array(kinds, { minLength: MIN_OBJECTS, maxLength: MAX_OBJECTS }).chain((rows) => {
    const names: { readonly type: ObjectType; readonly fqName: readonly string[]; readonly parent: string }[] = [];
    for (const [index, [typeName, word, pick]] of rows.entries()) {
      const type = typeCalled(typeName);
      const above = names.filter(({ type: other }) => type.parents.includes(other.name));
      const parent = above[pick % Math.max(1, above.length)];
      if (parent === undefined && !type.parents.includes("project")) continue;
      const fqName = [...(parent?.fqName ?? project), `${word}${index}`];
      names.push({ type, fqName, parent: parent?.type.name ?? "project" });
    }
    const objects = names.map(({ type, fqName, parent }) =>
      content(type, (to) => names.filter((other) => other.type.name === to).map((other) => other.fqName)).map(
        (properties) => ({ type: type.name, content: { fq_name: fqName, parent_type: parent, ...properties } }),
      ),
    );
    return fc.tuple(...objects).chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));
  });
}

function content(
  type: ObjectType,
  targetsOf: (type: string) => readonly (readonly string[])[],
): fc.Arbitrary<JsonObject> {
  const properties = Object.entries(type.properties).filter(
    ([name, { presence, operations = "CRUD" }]) =>
      presence !== "system-only" && operations.includes("U") && !MEANINGFUL.test(name),
  );
  const base: Readonly<Record<string, fc.Arbitrary<JsonValue>>> = { display_name: words, annotations };
  const values = Object.fromEntries(properties.map(([name, property]) => [name, valuesOf(property, 0)]));
  const lists = type.links.flatMap((link) => {
    const targets = targetsOf(link.to);
    return targets.length === 0 ? [] : [[`${underscored(link.to)}_refs`, references(link, targets)] as const];
  });
  const requiredKeys = [...NEEDED.filter((name) => name in values), ...lists.map(([name]) => name)];
  return fc.record({ ...base, ...values, ...Object.fromEntries(lists) }, { requiredKeys });
}

function references(link: Link, targets: readonly (readonly string[])[]): fc.Arbitrary<JsonValue> {
  const attr = link.attribute === undefined ? fc.constant(null) : valuesOf({ type: link.attribute }, 0);
  const some = fc.subarray([...targets], { maxLength: Math.min(3, targets.length) });
  return some.chain((chosen) => fc.tuple(...chosen.map((to) => attr.map((value) => ({ to, attr: value })))));
}

const words = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 10 }).filter((text) => text.isWellFormed()),
  fc.constantFrom(...NAMES, "two\nlines\n", " spaces ", "", "tab\t", "#! mark"),
);
const annotations = fc
  .uniqueArray(fc.record({ key: words, value: words }), { selector: ({ key }) => key, maxLength: 3 })
  .map((key_value_pair) => ({ key_value_pair }));

function valuesOf(property: Property, depth: number): fc.Arbitrary<JsonValue> {
  const item = itemOf(property, depth);
  return property.list ? fc.array(item, { maxLength: 3 }) : item;
}

function itemOf({ type, values, min, max }: Property, depth: number): fc.Arbitrary<JsonValue> {
  if (values !== undefined) return fc.constantFrom(...values);
  if (type === "string") return words;
  if (type === "boolean") return fc.boolean();
  const isBounded = min !== undefined || max !== undefined;
  if (isBounded && struct(type) === undefined) return fc.integer({ min: min ?? 0, max: max ?? 2 ** 31 });
  if (struct(type) === undefined) return fc.oneof(fc.nat(), fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n - 1n }));
  if (depth === MAX_DEPTH) return fc.constant({});
  const fields: Record<string, fc.Arbitrary<JsonValue>> = {};
  for (const [name, field] of Object.entries(struct(type) ?? {})) fields[name] = valuesOf(field, depth + 1);
  return fc.record(fields, { requiredKeys: [] });
}

function typeCalled(name: string): ObjectType {
  const type = objectType(name);
  if (type === undefined) throw new Error(`no object type ${name}`);
  return type;
}
