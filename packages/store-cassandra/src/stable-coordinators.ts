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

/** How long a coordinator that has failed is asked last: it may be cut off from the others, and be the first to hear us. */
const AVOIDED_MS = 5_000;

/**
 * Sends agreements of one partition (conditional writes, reads at SERIAL) to one coordinator, whoever sends them: the
 * first living copy in the ring's order. A coordinator takes those of a partition one after the other, while two of them
 * make each other begin again, up to cas_contention_timeout. It is a preference only: nothing but speed depends on it.
 * Everything else goes as it would.
 */
export class StableCoordinators extends LoadBalancingPolicy {
  readonly #others: policies.loadBalancing.LoadBalancingPolicy;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #avoided = new Map<string, number>();
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

  /** An agreement through this node has failed: for a while the next copy is asked first. */
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
      if (error || first.length === 0) callback(error, others);
      else callback(error, plan(first, others));
    });
  }

  /** The copies of a statement's partition in our data centre, as all clients order them; those to be avoided last. */
  #copies(keyspace: string, options: ExecutionOptions): readonly Host[] {
    const key = options.getRoutingKey();
    if (!Buffer.isBuffer(key)) return [];
    // The driver gives null while it does not know the ring; its types do not say so.
    const copies = (this.#client?.getReplicas(options.getKeyspace() ?? keyspace, key) ?? []) as readonly Host[];
    const near = copies.filter((host) => this.getDistance(host) === distance.local);
    return [...near.filter((host) => !this.#isAvoided(host)), ...near.filter((host) => this.#isAvoided(host))];
  }

  #isAvoided({ address }: Host): boolean {
    return (this.#avoided.get(address) ?? Number.NEGATIVE_INFINITY) > this.#clock.monotonicMs();
  }
}

/** A conditional write is the one statement that may not be made twice. */
function isAgreement(options: ExecutionOptions | null): options is ExecutionOptions {
  return options !== null && (!options.isIdempotent() || options.getConsistency() === consistencies.serial);
}

/** Some hosts, then those of another plan. */
function* plan(first: readonly Host[], others: Iterator<Host>): Generator<Host, undefined, undefined> {
  yield* first;
  for (let next = others.next(); !next.done; next = others.next()) if (!first.includes(next.value)) yield next.value;
}
