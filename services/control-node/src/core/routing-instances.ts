import { parseRouteTarget } from "@contrail/bgp";
import type { ConfigGraph, GraphChange } from "@contrail/graph";
import type { InstanceSettings } from "@contrail/rib";
import { type ConfigObject, type JsonObject, type JsonValue, record, vxlanIdentifier } from "@contrail/schema";

const GLOBAL_VROUTER = ["default-global-system-config", "default-global-vrouter-config"];

/** Objects beside an instance that say something of it. */
const INSTANCE_NEIGHBOURS: ReadonlySet<string> = new Set(["virtual-network", "route-aggregate", "routing-policy"]);

/** The name of a routing instance as agents and the RIB use it. */
export function instanceName(instance: ConfigObject): string {
  return instance.fqName.join(":");
}

/** UUIDs of the routing instances whose settings or features a change may have altered; the changed one is among them. */
export function touchedInstances(graph: ConfigGraph, change: GraphChange): readonly string[] {
  if (change.type === "global-vrouter-config") return [...graph.ofType("routing-instance")].map(({ uuid }) => uuid);
  const around = [...graph.neighbours(change.uuid), ...change.relinked];
  const ofType = (uuids: Iterable<string>, type: string): readonly string[] =>
    [...uuids].filter((uuid) => graph.get(uuid)?.type === type);
  const instances = ofType(around, "routing-instance");
  if (change.type === "routing-instance") return [change.uuid, ...instances];
  if (change.type === "interface-route-table") {
    // Policies take prefixes from it.
    return ofType(around, "routing-policy").flatMap((uuid) => ofType(graph.neighbours(uuid), "routing-instance"));
  }
  return INSTANCE_NEIGHBOURS.has(change.type) ? instances : [];
}

/**
 * An instance's targets: its own references by their direction (InstanceTargetType), and the export targets of the
 * instances that it is connected with.
 */
export function instanceSettings(graph: ConfigGraph, instance: ConfigObject): InstanceSettings {
  const importTargets = new Set(targets(instance, "import"));
  for (const other of graph.linked(instance.uuid, "routing-instance")) {
    for (const target of targets(other, "export")) importTargets.add(target);
  }
  const network = instance.parentUuid === undefined ? undefined : graph.get(instance.parentUuid);
  return {
    name: instanceName(instance),
    importTargets: sorted(importTargets),
    exportTargets: sorted(targets(instance, "export")),
    virtualNetworkId: networkId(network?.properties.virtual_network_network_id),
    allowTransit: record(network?.properties.virtual_network_properties).allow_transit === true,
    vxlanId: isDefault(instance) && network !== undefined ? vxlanIdentifier(network, modeOf(graph)) : undefined,
  };
}

/** A network's VNI leads to its default instance; those of its service chains have none. */
function isDefault({ properties }: ConfigObject): boolean {
  return properties.routing_instance_is_default === true;
}

function modeOf(graph: ConfigGraph): JsonValue | undefined {
  return graph.find("global-vrouter-config", GLOBAL_VROUTER)?.properties.vxlan_network_identifier_mode;
}

/** virtual_network_network_id; 0, which stands for none, where it is no number of 32 bits. */
function networkId(value: JsonValue | undefined): number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 0xffffffff ? value : 0;
}

function targets(instance: ConfigObject, direction: "import" | "export"): readonly bigint[] {
  return instance.refs.flatMap((ref) => {
    const given = (ref.attr as JsonObject | null)?.import_export ?? null; // InstanceTargetType.
    const counts = ref.toType === "route-target" && (given === null || given === direction);
    return counts ? (parseRouteTarget(ref.toFqName[0] ?? "") ?? []) : [];
  });
}

function sorted(values: Iterable<bigint>): bigint[] {
  return [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
}
