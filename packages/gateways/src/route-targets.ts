import { formatRouteTarget, parseRouteTarget } from "@contrail/bgp";
import type { ConfigGraph } from "@contrail/graph";
import { type ConfigObject, record } from "@contrail/schema";

/**
 * What a routing instance imports and exports: its references by their direction (InstanceTargetType), and the exports of
 * the instances that it is connected with. The gateway's VRF is one more table of the network and does the same.
 */
export function instanceTargets(
  graph: ConfigGraph,
  instance: ConfigObject,
): { readonly importTargets: readonly string[]; readonly exportTargets: readonly string[] } {
  const others = graph.linked(instance.uuid, "routing-instance").flatMap((other) => targets(other, "export"));
  return {
    importTargets: inOrder([...targets(instance, "import"), ...others]),
    exportTargets: inOrder(targets(instance, "export")),
  };
}

function targets(instance: ConfigObject, direction: "import" | "export"): readonly bigint[] {
  return instance.refs.flatMap(({ toType, toFqName, attr }) => {
    const given = record(attr).import_export ?? null;
    const counts = toType === "route-target" && (given === null || given === direction);
    return counts ? (parseRouteTarget(toFqName[0] ?? "") ?? []) : [];
  });
}

function inOrder(values: readonly bigint[]): readonly string[] {
  const sorted = [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
  return sorted.map((value) => (formatRouteTarget(value) ?? "").replace("target:", ""));
}
