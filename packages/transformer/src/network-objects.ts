import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import type { DerivedObject, DerivedReference } from "./derived.ts";
import type { TargetList } from "./route-targets.ts";

/** What a network's derived objects are made of. */
export interface NetworkFacts {
  readonly network: ConfigObject;
  /** Its own route target is the first. */
  readonly targets: TargetList;
  /** fq_names of the networks that it is connected with. */
  readonly connected: readonly (readonly string[])[];
  /** Empty: no policy is attached, and the network has no ACL. */
  readonly aclRules: readonly JsonValue[];
  /** StaticRouteEntriesType; undefined where there are none. */
  readonly staticRoutes: JsonObject | undefined;
}

/** The default routing instance of a network: its own name once more. */
export function defaultInstance(network: readonly string[]): readonly string[] {
  return [...network, network.at(-1) ?? ""];
}

/** Routing instance, route targets and ACL of a network. */
export function networkObjects(facts: NetworkFacts): DerivedObject[] {
  const { network, targets, connected, staticRoutes } = facts;
  const objects: DerivedObject[] = targets.objects();
  objects.push({
    type: "routing-instance",
    fqName: defaultInstance(network.fqName),
    parentType: "virtual-network",
    refs: [...targets.references(), ...connected.map(connection)],
    properties: {
      routing_instance_is_default: true,
      ...(network.properties.fabric_snat === true ? { routing_instance_fabric_snat: true } : {}),
      ...(staticRoutes === undefined ? {} : { static_route_entries: staticRoutes }),
    },
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

/** The reference that joins an instance to a network's default one. */
export function connection(network: readonly string[]): DerivedReference {
  return { toType: "routing-instance", toFqName: defaultInstance(network), attr: {} };
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
