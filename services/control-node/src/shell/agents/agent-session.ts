import type { ConfigGraph, GraphChange } from "@contrail/graph";
import type { Rib, VrfKey } from "@contrail/rib";
import type { ConfigObject } from "@contrail/schema";
import { agentWire, toWireObject } from "@contrail/wire";
import { agentSubset, concernsAgent, type Held, subsetChange } from "../../core/agent-subset.ts";
import type { AgentFamily } from "./agent-family.ts";
import { type ControlMessageBody, encodeBody, withSequence } from "./control-message.ts";
import { encodeRoutes, encodeWithdrawals, ROUTES_PER_MESSAGE } from "./vrf-route-messages.ts";

/** What a session writes to; false: wait for ready() before writing more. */
export interface AgentOutput {
  write(message: Uint8Array): boolean;
}

/** What the node knows: before that, the ends that say so are owed. */
export interface Completeness {
  readonly config: boolean;
  readonly routes: boolean;
}

/** An instance that the agent subscribed. */
interface Subscription {
  /** Its own: it is told of the routes. Otherwise it waits, and what it has been told of is taken back. */
  granted: boolean;
  /** Routes that changed while the output was full, or that are taken back. */
  readonly pending: Set<VrfKey>;
}

const INET_ALONE: ReadonlySet<AgentFamily> = new Set(["inet"]);
/** Objects in one message, and their octets unless it is one object alone: a message of gRPC has 16 MiB at most. */
const OBJECTS_PER_MESSAGE = 200;
const OBJECT_BYTES_PER_MESSAGE = 4 * 1024 * 1024;

/**
 * What one agent has been told, and what it still has to be told: its configuration subset, and the routes of the
 * routing instances that it subscribed. Bounded: while the output is full only the names of what changed are kept.
 */
export class AgentSession {
  readonly agentName: string;
  readonly families: ReadonlySet<AgentFamily>;
  readonly #graph: ConfigGraph;
  readonly #rib: Rib;
  readonly #output: AgentOutput;
  readonly #machines = new Set<string>();
  /** Objects that the agent holds, by uuid. */
  readonly #held = new Map<string, Held>();
  readonly #subscriptions = new Map<string, Subscription>();
  /** Subscribed instances whose end-of-rib is owed. */
  readonly #owedEndOfRib = new Set<string>();
  #sequence = 0n;
  #acknowledged = 0n;
  #wantsConfig = false;
  #configDirty = false;
  #owedEndOfConfig = false;
  #open = true;
  #complete: Completeness;

  constructor(
    agentName: string,
    graph: ConfigGraph,
    rib: Rib,
    output: AgentOutput,
    complete: Completeness,
    families: ReadonlySet<AgentFamily> = INET_ALONE,
  ) {
    this.agentName = agentName;
    this.families = families;
    this.#graph = graph;
    this.#rib = rib;
    this.#output = output;
    this.#complete = complete;
  }

  /** For introspect. */
  get state() {
    return {
      sequence: this.#sequence,
      acknowledged: this.#acknowledged,
      machines: this.#machines.size,
      objects: this.#held.size,
      families: [...this.families],
      instances: [...this.#subscriptions.keys()],
      deferredInstances: [...this.#subscriptions].flatMap(([name, { granted }]) => (granted ? [] : name)),
      wantsConfig: this.#wantsConfig,
      outputFull: !this.#open,
    };
  }

  acknowledge(sequence: bigint): void {
    this.#acknowledged = sequence;
  }

  wantConfig(wanted: boolean): void {
    this.#wantsConfig = wanted;
    this.#held.clear();
    this.#configDirty = wanted;
    this.#owedEndOfConfig = wanted;
    this.flush();
  }

  subscribeMachine(uuid: string): void {
    this.#machines.add(uuid);
    this.#configDirty = true;
    this.flush();
  }

  unsubscribeMachine(uuid: string): void {
    this.#machines.delete(uuid);
    this.#configDirty = true;
    this.flush();
  }

  /** Not granted: nothing is told of it until it is. */
  subscribeInstance(name: string, granted = true): void {
    if (this.#subscriptions.has(name)) return;
    this.#subscriptions.set(name, { granted: false, pending: new Set() });
    if (granted) this.grant(name);
  }

  /** A subscribed instance has become the agent's own. */
  grant(name: string): void {
    const subscription = this.#subscriptions.get(name);
    if (subscription === undefined || subscription.granted) return;
    subscription.granted = true;
    this.#noteAll(name, subscription);
    this.#owedEndOfRib.add(name);
    this.flush();
  }

  /** It is its own no more: all of it is taken back. */
  revoke(name: string): void {
    const subscription = this.#subscriptions.get(name);
    if (subscription?.granted !== true) return;
    subscription.granted = false;
    this.#noteAll(name, subscription);
    this.#owedEndOfRib.delete(name);
    this.flush();
  }

  #noteAll(name: string, { pending }: Subscription): void {
    const table = this.#rib.instance(name);
    for (const key of table?.keys() ?? []) pending.add(key);
    if (this.families.has("inet6")) for (const key of table?.inet6Keys() ?? []) pending.add(key);
    if (this.families.has("e-vpn")) for (const key of table?.evpnKeys() ?? []) pending.add(key);
  }

  unsubscribeInstance(name: string): void {
    this.#subscriptions.delete(name);
    this.#owedEndOfRib.delete(name);
  }

  isSubscribed(name: string): boolean {
    return this.#subscriptions.has(name);
  }

  configChanged(change: GraphChange): void {
    if (this.#wantsConfig && concernsAgent(this.agentName, this.#held, this.#machines, change))
      this.#configDirty = true;
  }

  /**
   * Routes of one family of an instance changed. shared: the messages for them, encoded once for all sessions; used
   * where this session is in step, otherwise only the keys are noted.
   */
  routesChanged(
    name: string,
    family: AgentFamily,
    keys: ReadonlySet<VrfKey>,
    shared: () => readonly Uint8Array[],
  ): void {
    const { granted = false, pending } = this.#subscriptions.get(name) ?? {};
    if (!granted || pending === undefined || !this.families.has(family)) return;
    if (pending.size > 0 || !this.#open) {
      for (const key of keys) pending.add(key);
      return;
    }
    for (const body of shared()) this.#write(body);
  }

  /** The node knows more: end-of-config or end-of-rib may go. */
  completed(complete: Completeness): void {
    this.#complete = complete;
    this.flush();
  }

  /** The output takes more. */
  ready(): void {
    this.#open = true;
    this.flush();
  }

  /** Sends what is owed, as long as the output takes it. */
  flush(): void {
    if (this.#open && this.#configDirty && this.#wantsConfig) this.#sendConfig();
    for (const [name, subscription] of this.#subscriptions) {
      while (this.#open && subscription.pending.size > 0) this.#sendRoutes(name, subscription);
      if (this.#open && this.#complete.routes && this.#owedEndOfRib.delete(name)) {
        this.#send({ $case: "endOfRib", value: { vrf: name } });
      }
    }
    if (this.#open && this.#complete.config && this.#owedEndOfConfig && !this.#configDirty) {
      this.#owedEndOfConfig = false;
      this.#send({ $case: "endOfConfig", value: {} });
    }
  }

  /** True while the output takes nothing. */
  get isFull(): boolean {
    return !this.#open;
  }

  get subscribedInstances(): number {
    return this.#subscriptions.size;
  }

  get subscribedMachines(): number {
    return this.#machines.size;
  }

  /** A sign of life; an agent that does not read gets none, so that nothing piles up. */
  keepalive(): void {
    if (this.#open) this.sendPlain({ $case: "keepalive", value: {} });
  }

  /** A message without state. */
  sendPlain(body: ControlMessageBody): void {
    this.#output.write(agentWire.ControlMessage.encode({ sequence: 0n, message: body }).finish());
  }

  #sendConfig(): void {
    this.#configDirty = false;
    const needed = agentSubset(this.#graph, this.agentName, this.#machines);
    const { upserts, removes } = subsetChange(this.#graph, needed, this.#held);
    for (const upsert of objectMessages(upserts)) {
      for (const { uuid, revision } of upsert) this.#held.set(uuid, { revision, form: needed.get(uuid) ?? "whole" });
      this.#send({ $case: "configUpdate", value: { upsert, remove: [] } });
    }
    if (removes.length === 0) return;
    for (const { uuid } of removes) this.#held.delete(uuid);
    const remove = removes.map(({ uuid, revision }) => ({ type: "", uuid, fqName: [], revision }));
    this.#send({ $case: "configUpdate", value: { upsert: [], remove } });
  }

  #sendRoutes(name: string, { granted, pending }: Subscription): void {
    const keys = [...pending.values().take(ROUTES_PER_MESSAGE)];
    for (const key of keys) pending.delete(key);
    const bodies = granted ? encodeRoutes(this.#rib, name, keys) : encodeWithdrawals(name, keys);
    for (const body of bodies) this.#write(body);
  }

  #send(body: ControlMessageBody): void {
    this.#write(encodeBody(body));
  }

  #write(body: Uint8Array): void {
    this.#sequence += 1n;
    if (!this.#output.write(withSequence(this.#sequence, body))) this.#open = false;
  }
}

/** Objects in their order, by message. */
function* objectMessages(objects: readonly ConfigObject[]): Iterable<ReturnType<typeof toWireObject>[]> {
  let part: ReturnType<typeof toWireObject>[] = [];
  let bytes = 0;
  for (const object of objects) {
    const wire = toWireObject(object);
    const size = wire.refs.reduce((sum, { attr }) => sum + attr.length, wire.properties.length);
    if (part.length === OBJECTS_PER_MESSAGE || (part.length > 0 && bytes + size > OBJECT_BYTES_PER_MESSAGE)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(wire);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
