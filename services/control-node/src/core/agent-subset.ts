import type { ConfigGraph, GraphChange } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import { hasMachineName, nameOnly } from "./machine-name.ts";
import { isElsewhere } from "./machine-place.ts";

/** Types whose objects every agent gets. */
const GLOBAL_TYPES = ["global-system-config", "global-vrouter-config"];

/** What to send to an agent so that it holds exactly its subset. */
export interface SubsetChange {
  readonly upserts: readonly ConfigObject[];
  /** Objects that are gone, or that the agent's machines do not reach any more. */
  readonly removes: readonly { readonly uuid: string; readonly revision: bigint }[];
}

/** How much of an object an agent gets: all of it, or, of a machine of another host, the name and nothing else. */
export type SubsetForm = "whole" | "name";

/** What an agent holds of an object. */
export interface Held {
  readonly revision: bigint;
  readonly form: SubsetForm;
}

/**
 * UUIDs of the objects that an agent needs, with their form: its virtual-router, the global ones, and from each of its
 * machines, unless the configuration has it on another host, the interfaces, their networks, addresses and security
 * groups, the networks' instances, ACLs and IPAMs, the groups' ACLs, and the networks that those ACLs name (these without
 * anything behind them). For the agent's answers to DNS questions also the names and addresses of the other machines of
 * the networks.
 */
export function agentSubset(
  graph: ConfigGraph,
  agentName: string,
  machines: Iterable<string>,
): ReadonlyMap<string, SubsetForm> {
  const reached = new Set<string>();
  const waiting: string[] = [];
  for (const type of GLOBAL_TYPES) for (const object of graph.ofType(type)) reached.add(object.uuid);
  for (const router of graph.ofType("virtual-router")) if (router.fqName.at(-1) === agentName) reached.add(router.uuid);
  for (const machine of machines) if (!isElsewhere(graph, agentName, machine)) waiting.push(machine);
  for (let uuid = waiting.pop(); uuid !== undefined; uuid = waiting.pop()) {
    const object = graph.get(uuid);
    if (object === undefined || reached.has(uuid)) continue;
    reached.add(uuid);
    waiting.push(...nextOf(graph, object));
  }
  const needed = new Map<string, SubsetForm>();
  for (const uuid of reached) needed.set(uuid, "whole");
  for (const uuid of reached) {
    const type = graph.get(uuid)?.type;
    if (type === "access-control-list")
      for (const network of graph.linked(uuid, "virtual-network")) needed.set(network.uuid, "whole");
    if (type === "virtual-network") addNames(graph, uuid, needed);
  }
  return needed;
}

/** The machines of a network that have a name, and their addresses. */
function addNames(graph: ConfigGraph, network: string, needed: Map<string, SubsetForm>): void {
  for (const vmi of graph.linked(network, "virtual-machine-interface")) {
    if (needed.has(vmi.uuid) || !hasMachineName(vmi)) continue;
    needed.set(vmi.uuid, "name");
    for (const ip of graph.linked(vmi.uuid, "instance-ip")) needed.set(ip.uuid, "whole");
  }
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
  held: ReadonlyMap<string, Held>,
  machines: ReadonlySet<string>,
  change: GraphChange,
): boolean {
  if (held.has(change.uuid) || machines.has(change.uuid) || GLOBAL_TYPES.includes(change.type)) return true;
  if (change.type === "virtual-router" && change.after?.fqName.at(-1) === agentName) return true;
  // Another host's virtual-router may have got, or given up, one of the machines.
  for (const uuid of change.relinked) if (held.has(uuid) || machines.has(uuid)) return true;
  // A machine of another host that gets a name.
  const isInterface = change.type === "virtual-machine-interface" && change.after !== undefined;
  return isInterface && change.after.refs.some(({ toUuid }) => held.has(toUuid));
}

/** The difference between what an agent holds and what it needs. */
export function subsetChange(
  graph: ConfigGraph,
  needed: ReadonlyMap<string, SubsetForm>,
  held: ReadonlyMap<string, Held>,
): SubsetChange {
  const upserts: ConfigObject[] = [];
  for (const [uuid, form] of needed) {
    const object = graph.get(uuid);
    const known = held.get(uuid);
    if (object === undefined || (known?.revision === object.revision && known.form === form)) continue;
    upserts.push(form === "name" ? nameOnly(object) : object);
  }
  upserts.sort((a, b) => rank(a) - rank(b));
  const removes = [...held].filter(([uuid]) => !needed.has(uuid)).map(([uuid, { revision }]) => ({ uuid, revision }));
  return { upserts, removes };
}

/** An interface comes after all that its policy is made of: an agent never sees it without. */
function rank({ type }: ConfigObject): number {
  return ["instance-ip", "virtual-machine-interface", "virtual-machine"].indexOf(type);
}
