import type { Clock } from "@contrail/clock";
import {
  type Client,
  type EmptyCallback,
  type ExecutionOptions,
  type Host,
  type HostMap,
  policies,
  types,
} from "cassandra-driver";

const { DefaultLoadBalancingPolicy, LoadBalancingPolicy } = policies.loadBalancing;
const { consistencies, distance } = types;

/** How long a node that has failed is asked last: it may be dead, or cut off from the others and the first to hear us. */
const AVOIDED_MS = 5_000;

/**
 * Sends agreements of one partition (conditional writes, reads at SERIAL) to one coordinator, whoever sends them: the
 * first living copy in the ring's order. A coordinator takes those of a partition one after the other, while two of them
 * make each other begin again, up to cas_contention_timeout. It is a preference only: nothing but speed depends on it.
 * Everything else goes to any copy. Either way nodes that do not answer are asked last for a while.
 */
export class StableCoordinators extends LoadBalancingPolicy {
  readonly #others: policies.loadBalancing.LoadBalancingPolicy;
  readonly #clock: Pick<Clock, "monotonicMs">;
  /** Monotonic times by address: until when a node is asked last, and when it answered last. */
  readonly #avoided = new Map<string, number>();
  readonly #answeredMs = new Map<string, number>();
  #client: Client | undefined;

  constructor(localDc: string, clock: Pick<Clock, "monotonicMs">) {
    super();
    this.#others = new DefaultLoadBalancingPolicy({ localDc });
    this.#clock = clock;
  }

  override init(client: Client, hosts: HostMap, callback: EmptyCallback): void {
    this.#client = client;
    this.#others.init(client, hosts, callback);
  }

  override getDistance(host: Host): types.distance {
    return this.#others.getDistance(host);
  }

  override getOptions(): Map<string, object> {
    return this.#others.getOptions();
  }

  /** A node has answered a statement. */
  answered(address: string): void {
    this.#answeredMs.set(address, this.#clock.monotonicMs());
  }

  /** Another node has answered what this one was asked before: if it has said nothing at all since then, it is avoided. */
  silent(address: string, sinceMs: number): void {
    if ((this.#answeredMs.get(address) ?? Number.NEGATIVE_INFINITY) < sinceMs) this.avoid(address);
  }

  /** A statement through this node has failed: for a while the others are asked first. */
  avoid(address: string): void {
    this.#avoided.set(address, this.#clock.monotonicMs() + AVOIDED_MS);
  }

  override newQueryPlan(
    keyspace: string,
    options: ExecutionOptions,
    callback: (error: Error, iterator: Iterator<Host>) => void,
  ): void {
    const first = isAgreement(options) ? this.#copies(keyspace, options) : [];
    this.#others.newQueryPlan(keyspace, options, (error, others) => {
      if (error) callback(error, others);
      else callback(error, this.#plan(first, others));
    });
  }

  /** The copies of a statement's partition in our data centre, as all clients order them. */
  #copies(keyspace: string, options: ExecutionOptions): readonly Host[] {
    const key = options.getRoutingKey();
    if (!Buffer.isBuffer(key)) return [];
    // The driver gives null while it does not know the ring; its types do not say so.
    const copies = (this.#client?.getReplicas(options.getKeyspace() ?? keyspace, key) ?? []) as readonly Host[];
    return copies.filter((host) => this.getDistance(host) === distance.local);
  }

  /** Some hosts, then those of another plan, each once; those to be avoided last. */
  *#plan(first: readonly Host[], others: Iterator<Host>): Generator<Host, undefined, undefined> {
    const avoided: Host[] = [];
    for (const host of withoutRepeats(first, others)) {
      if (this.#isAvoided(host)) avoided.push(host);
      else yield host;
    }
    yield* avoided;
  }

  #isAvoided({ address }: Host): boolean {
    return (this.#avoided.get(address) ?? Number.NEGATIVE_INFINITY) > this.#clock.monotonicMs();
  }
}

/** Conditional writes alone have a consistency for their agreement. */
function isAgreement(options: ExecutionOptions | null): options is ExecutionOptions {
  if (options === null) return false;
  return [options.getSerialConsistency(), options.getConsistency()].includes(consistencies.serial);
}

function* withoutRepeats(first: readonly Host[], others: Iterator<Host>): Generator<Host, undefined, undefined> {
  yield* first;
  for (let next = others.next(); !next.done; next = others.next()) if (!first.includes(next.value)) yield next.value;
}
