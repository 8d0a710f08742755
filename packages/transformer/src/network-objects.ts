import type { ConfigObject, JsonValue } from "@contrail/schema";
import type { DerivedObject, DerivedReference } from "./derived.ts";
import { record, texts } from "./json-read.ts";

/** What a network's derived objects are made of. */
export interface NetworkFacts {
  readonly network: ConfigObject;
  /** Its own route target: "target:64512:8000000". */
  readonly routeTarget: string;
  /** The networks that it is connected with. */
  readonly connected: readonly ConfigObject[];
  /** Empty: no policy is attached, and the network has no ACL. */
  readonly aclRules: readonly JsonValue[];
}

/** The default routing instance of a network: its own name once more. */
export function defaultInstance(network: readonly string[]): readonly string[] {
  return [...network, network.at(-1) ?? ""];
}

/** Routing instance, route targets and ACL of a network. */
export function networkObjects(facts: NetworkFacts): DerivedObject[] {
  const { network } = facts;
  const targets = routeTargets(facts);
  const objects: DerivedObject[] = [...targets.keys()].map(routeTargetObject);
  objects.push({
    type: "routing-instance",
    fqName: defaultInstance(network.fqName),
    parentType: "virtual-network",
    refs: [...[...targets].map(targetReference), ...facts.connected.map(connection)],
    properties: { routing_instance_is_default: true },
  });
  if (isFabric(network)) objects.push(fabricInstance(network));
  if (facts.aclRules.length > 0) {
    objects.push({
      type: "access-control-list",
      fqName: defaultInstance(network.fqName),
      parentType: "virtual-network",
      refs: [],
      properties: { access_control_list_entries: { dynamic: false, acl_rule: facts.aclRules } },
    });
  }
  return objects;
}

/** Targets with their direction, null for both (InstanceTargetType); the network's own is the first. */
function routeTargets({ network, routeTarget }: NetworkFacts): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>([[routeTarget, null]]);
  const named = (property: string): readonly string[] => texts(record(network.properties[property]).route_target);
  for (const target of named("route_target_list")) found.set(target, null);
  for (const target of named("import_route_target_list")) if (!found.has(target)) found.set(target, "import");
  for (const target of named("export_route_target_list")) {
    if (!found.has(target)) found.set(target, "export");
    else if (found.get(target) === "import") found.set(target, null);
  }
  return found;
}

function targetReference([target, direction]: readonly [string, string | null]): DerivedReference {
  return { toType: "route-target", toFqName: [target], attr: direction === null ? {} : { import_export: direction } };
}

function connection(network: ConfigObject): DerivedReference {
  return { toType: "routing-instance", toFqName: defaultInstance(network.fqName), attr: {} };
}

function routeTargetObject(target: string): DerivedObject {
  return { type: "route-target", fqName: [target], parentType: undefined, refs: [], properties: {} };
}

function isFabric(network: ConfigObject): boolean {
  return network.fqName.join(":") === "default-domain:default-project:ip-fabric";
}

/** The instance of the underlay itself, which bgp-routers are children of. */
function fabricInstance(network: ConfigObject): DerivedObject {
  return {
    type: "routing-instance",
    fqName: [...network.fqName, "__default__"],
    parentType: "virtual-network",
    refs: [],
    properties: { routing_instance_is_default: false },
  };
}
