import type { ConfigGraph, GraphChange } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import { isElsewhere } from "./machine-place.ts";
import { instanceName } from "./routing-instances.ts";

/** Types that the walk passes: changes of others, addresses and groups among them, alter no agent's instances. */
const WALKED: ReadonlySet<string> = new Set([
  ...["virtual-router", "virtual-machine", "virtual-machine-interface", "virtual-network", "routing-instance"],
  ...["floating-ip", "floating-ip-pool", "alias-ip", "alias-ip-pool"],
]);

/** Machines, and instances, that an agent may subscribe: a host has 4,351 interfaces at most. */
export const MAX_SUBSCRIPTIONS = 4_352;

const NONE: readonly string[] = [];

/** Instances that have become an agent's own, and those that are its own no more. */
export interface OwnershipChange {
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/**
 * The routing instances that an agent may have routes of: those that its machines' interfaces are in.
 *
 *   virtual-machine ─► virtual-machine-interface ─┬─► virtual-network ─► routing-instance (chains' too)
 *                                                 ├─► routing-instance (of a service)
 *                                                 └─► floating-ip, alias-ip ─► pool ─► virtual-network ─► ...
 *
 * Names are looked up in a set; the graph is walked only where machines or links on the way change. Machines of an
 * earlier session count until the present one has said all: a restart takes nothing away meanwhile.
 */
export class OwnInstances {
  readonly #graph: ConfigGraph;
  readonly #agentName: string;
  readonly #machines = new Set<string>();
  readonly #earlier = new Set<string>();
  /** Objects on the way, by uuid. */
  #reached = new Set<string>();
  #names = new Set<string>();
  #stale = false;

  constructor(graph: ConfigGraph, agentName: string) {
    this.#graph = graph;
    this.#agentName = agentName;
  }

  has(instance: string): boolean {
    return this.#names.has(instance);
  }

  /** The instances that come with a machine. */
  addMachine(uuid: string): readonly string[] {
    this.#machines.add(uuid);
    return this.#walk(uuid);
  }

  /** Its instances are own until review. */
  removeMachine(uuid: string): void {
    this.#stale = this.#machines.delete(uuid) || this.#stale;
  }

  /** A new session of the agent, which names its machines again. */
  restart(): void {
    for (const uuid of this.#machines) if (this.#earlier.size < MAX_SUBSCRIPTIONS) this.#earlier.add(uuid);
    this.#machines.clear();
    this.#stale = true;
  }

  /** The session has named all of its machines. */
  settle(): void {
    this.#stale ||= this.#earlier.size > 0;
    this.#earlier.clear();
  }

  /** Nothing that the agent has said counts any more. */
  clear(): void {
    this.#machines.clear();
    this.settle();
    this.#stale = true;
  }

  /** Notes a change of the configuration; what follows of it is there after review. */
  configChanged(change: GraphChange): void {
    this.#stale ||= this.#isConcerned(change);
  }

  /** True where a review may find something. */
  get isStale(): boolean {
    return this.#stale;
  }

  /** Works off what has been noted. */
  review(): OwnershipChange {
    if (!this.#stale) return { joined: NONE, left: NONE };
    this.#stale = false;
    const before = this.#names;
    this.#reached = new Set();
    this.#names = new Set();
    for (const uuid of this.#earlier) this.#walk(uuid);
    for (const uuid of this.#machines) this.#walk(uuid);
    const [now, joined, left] = [this.#names, [] as string[], [] as string[]];
    for (const name of now) if (!before.has(name)) joined.push(name);
    for (const name of before) if (!now.has(name)) left.push(name);
    return { joined, left };
  }

  #isConcerned({ uuid, type, before, after, relinked }: GraphChange): boolean {
    if (!WALKED.has(type)) return false;
    if (before !== undefined && after !== undefined && relinked.size === 0) return false;
    if (this.#isMachine(uuid) || this.#reached.has(uuid)) return true;
    // Interfaces of other machines come and go in networks that are on the way.
    const viaMachine = type === "virtual-machine-interface" || type === "virtual-router";
    for (const other of relinked) if (this.#isMachine(other) || (!viaMachine && this.#reached.has(other))) return true;
    return false;
  }

  #isMachine(uuid: string): boolean {
    return this.#machines.has(uuid) || this.#earlier.has(uuid);
  }

  /** Takes in what an object leads to; gives the names that are new. */
  #walk(start: string): readonly string[] {
    const joined: string[] = [];
    const waiting = [start];
    for (let uuid = waiting.pop(); uuid !== undefined; uuid = waiting.pop()) {
      const object = this.#reached.has(uuid) ? undefined : this.#graph.get(uuid);
      if (object === undefined) continue;
      this.#reached.add(uuid);
      if (object.type === "routing-instance" && !this.#names.has(instanceName(object))) {
        this.#names.add(instanceName(object));
        joined.push(instanceName(object));
      }
      waiting.push(...this.#nextOf(object));
    }
    return joined;
  }

  #nextOf(object: ConfigObject): readonly string[] {
    const linked = (type: string): string[] => this.#graph.linked(object.uuid, type).map(({ uuid }) => uuid);
    const targets = (type: string): string[] =>
      object.refs.flatMap(({ toType, toUuid }) => (toType === type ? toUuid : []));
    switch (object.type) {
      case "virtual-machine":
        return isElsewhere(this.#graph, this.#agentName, object.uuid) ? NONE : linked("virtual-machine-interface");
      case "virtual-machine-interface":
        return [
          ...targets("virtual-network"),
          ...targets("routing-instance"),
          ...linked("floating-ip"),
          ...linked("alias-ip"),
        ];
      case "floating-ip":
      case "alias-ip":
      case "floating-ip-pool":
      case "alias-ip-pool":
        return object.parentUuid === undefined ? NONE : [object.parentUuid];
      case "virtual-network": {
        const instances = this.#graph.linked(object.uuid, "routing-instance");
        return instances.filter(({ parentUuid }) => parentUuid === object.uuid).map(({ uuid }) => uuid);
      }
      default:
        return NONE;
    }
  }
}
