import type { ConfigGraph, GraphChange } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";

/** Types whose objects every agent gets. */
const GLOBAL_TYPES = ["global-system-config", "global-vrouter-config"];

/** What to send to an agent so that it holds exactly its subset. */
export interface SubsetChange {
  readonly upserts: readonly ConfigObject[];
  /** Objects that are gone, or that the agent's machines do not reach any more. */
  readonly removes: readonly { readonly uuid: string; readonly revision: bigint }[];
}

/**
 * UUIDs of the objects that an agent needs: its virtual-router, the global ones, and from each of its machines the
 * interfaces, their networks, addresses and security groups, the networks' instances, ACLs and IPAMs, the groups' ACLs,
 * and the networks that those ACLs name (these without anything behind them).
 */
export function agentSubset(graph: ConfigGraph, agentName: string, machines: Iterable<string>): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting: string[] = [];
  for (const type of GLOBAL_TYPES) for (const object of graph.ofType(type)) reached.add(object.uuid);
  for (const router of graph.ofType("virtual-router")) if (router.fqName.at(-1) === agentName) reached.add(router.uuid);
  waiting.push(...machines);
  for (let uuid = waiting.pop(); uuid !== undefined; uuid = waiting.pop()) {
    const object = graph.get(uuid);
    if (object === undefined || reached.has(uuid)) continue;
    reached.add(uuid);
    waiting.push(...nextOf(graph, object));
  }
  for (const uuid of [...reached]) {
    if (graph.get(uuid)?.type !== "access-control-list") continue;
    for (const network of graph.linked(uuid, "virtual-network")) reached.add(network.uuid);
  }
  return reached;
}

/** Where the walk goes from an object. */
function nextOf(graph: ConfigGraph, object: ConfigObject): readonly string[] {
  const children = (type: string): ConfigObject[] =>
    graph.linked(object.uuid, type).filter((child) => child.parentUuid === object.uuid);
  const targets = (type: string): string[] => object.refs.filter((ref) => ref.toType === type).map((ref) => ref.toUuid);
  const uuids = (objects: readonly ConfigObject[]): string[] => objects.map(({ uuid }) => uuid);
  switch (object.type) {
    case "virtual-machine":
      return uuids(graph.linked(object.uuid, "virtual-machine-interface"));
    case "virtual-machine-interface":
      return [
        ...targets("virtual-network"),
        ...targets("security-group"),
        ...uuids(graph.linked(object.uuid, "instance-ip")),
        ...(object.parentType === "project" && object.parentUuid !== undefined ? [object.parentUuid] : []),
      ];
    case "virtual-network":
      return [
        ...uuids(children("routing-instance")),
        ...uuids(children("access-control-list")),
        ...targets("network-ipam"),
      ];
    case "security-group":
      return uuids(children("access-control-list"));
    default:
      return [];
  }
}

/** True where a change may alter what an agent needs, given what it holds. */
export function concernsAgent(
  agentName: string,
  held: ReadonlyMap<string, bigint>,
  machines: ReadonlySet<string>,
  change: GraphChange,
): boolean {
  if (held.has(change.uuid) || machines.has(change.uuid) || GLOBAL_TYPES.includes(change.type)) return true;
  if (change.type === "virtual-router" && change.after?.fqName.at(-1) === agentName) return true;
  for (const uuid of change.relinked) if (held.has(uuid)) return true;
  return false;
}

/** The difference between what an agent holds (uuid to revision) and what it needs. */
export function subsetChange(
  graph: ConfigGraph,
  needed: ReadonlySet<string>,
  held: ReadonlyMap<string, bigint>,
): SubsetChange {
  const upserts: ConfigObject[] = [];
  for (const uuid of needed) {
    const object = graph.get(uuid);
    if (object !== undefined && held.get(uuid) !== object.revision) upserts.push(object);
  }
  upserts.sort((a, b) => rank(a) - rank(b));
  const removes = [...held].filter(([uuid]) => !needed.has(uuid)).map(([uuid, revision]) => ({ uuid, revision }));
  return { upserts, removes };
}

/** An interface comes after all that its policy is made of: an agent never sees it without. */
function rank({ type }: ConfigObject): number {
  return ["instance-ip", "virtual-machine-interface", "virtual-machine"].indexOf(type);
}
