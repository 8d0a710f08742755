import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import type { ObjectStore } from "@contrail/store";
import type { Freshness } from "./freshness.ts";
import type { GraphMirror } from "./graph-mirror.ts";
import type { LogFollower } from "./log-follower.ts";
import type { LookedName } from "./lookups.ts";

/** How long a list waits for what others wrote; then it is served as the graph is, and marked. */
const LIST_WAIT_MS = 200;
/** How long a read waits for the store; the next ones do not wait until it has answered. */
const READ_WAIT_MS = 1_000;
/** Writes of others that a list looks at; where more wait for their publication it is marked. */
const MAX_UNPUBLISHED = 2_000;
/** No object's uuid: asked for to see whether the store answers. */
const PROBE = "00000000-0000-0000-0000-000000000000";
/** Objects that are compared at a time. */
const TOGETHER = 16;

/** What the graph of one node of several is compared with. */
export interface SharedParts {
  readonly graph: Pick<ConfigGraph, "get">;
  readonly store: Pick<ObjectStore, "outbox" | "logged" | "state">;
  readonly bus: Pick<Bus, "highWaterMark">;
  readonly clock: Clock;
  readonly mirror: Pick<GraphMirror, "bring" | "bringName">;
  readonly follower: Pick<LogFollower, "loaded" | "reached">;
  /** Aborts when the node stops. */
  readonly signal: AbortSignal;
}

/**
 * One node of several. What was acknowledged is in the store, which has a list of what is not on the bus yet (the outbox),
 * and a mark of how far the bus has to be read for the rest. So the graph holds everything when it has reached the mark as
 * it was read after that list, and the objects in the list have been compared.
 */
export class SharedFreshness implements Freshness {
  readonly #parts: SharedParts;
  #running: Promise<boolean> | undefined;
  #next: Promise<boolean> | undefined;
  /** The store did not answer a reader in time; the read that is still under way tells when it does again. */
  #isStoreSilent = false;
  /** The question for the mark that is under way. */
  #marking: Promise<bigint> | undefined;

  constructor(parts: SharedParts) {
    this.#parts = parts;
  }

  async confirm(uuids: readonly string[], names: readonly LookedName[]): Promise<void> {
    if (this.#isStoreSilent) throw new ContrailError("store.unavailable", "the store does not answer");
    await this.#compare(uuids, names);
  }

  async current(uuids: readonly string[], names: readonly LookedName[]): Promise<boolean> {
    if (this.#isStoreSilent) return false;
    const answered = this.#compare(uuids, names).then(
      () => true,
      () => false,
    );
    if (await this.#within(READ_WAIT_MS, answered)) return true;
    if (!this.#isStoreSilent) {
      this.#isStoreSilent = true;
      void this.#awaitStore();
    }
    return false;
  }

  /** Callers that come while a round is under way share the next one: what they ask for may be newer than that round. */
  caughtUp(): Promise<boolean> {
    this.#next ??= (this.#running ?? Promise.resolve(true)).then(() => {
      this.#running = this.#next;
      this.#next = undefined;
      return this.#round().finally(() => {
        if (this.#next === undefined) this.#running = undefined;
      });
    });
    return this.#within(LIST_WAIT_MS, this.#next);
  }

  reached(position: bigint, signal: AbortSignal): Promise<void> {
    return this.#parts.follower.reached(position, AbortSignal.any([signal, this.#parts.signal]));
  }

  /** Never rejects. */
  async #round(): Promise<boolean> {
    const { graph, store, mirror } = this.#parts;
    try {
      const entries = await store.outbox(MAX_UNPUBLISHED);
      const hasLog = await this.#hasLog();
      const behind = entries.filter(({ uuid, revision }) => (graph.get(uuid)?.revision ?? -1n) < revision);
      await each(behind, ({ uuid }) => mirror.bring(uuid));
      return hasLog && entries.length < MAX_UNPUBLISHED;
    } catch {
      return false; // The reader is told that its answer may be old.
    }
  }

  /** Waits until the graph has what has left the outbox; not where an earlier round was not yet told how far that is. */
  async #hasLog(): Promise<boolean> {
    const { follower, signal } = this.#parts;
    if (this.#marking !== undefined) return false;
    const marking = this.#mark().finally(() => {
      this.#marking = undefined;
    });
    this.#marking = marking;
    const given = new AbortController();
    const reached = marking.then((mark) => follower.reached(mark, AbortSignal.any([signal, given.signal])));
    const isReached = await this.#within(
      LIST_WAIT_MS,
      reached.then(
        () => true,
        () => false,
      ),
    );
    given.abort();
    return isReached;
  }

  /**
   * How far the log has to be read. A log that was lost and begins anew stays below the store's mark for long: as long as
   * that is where it was when the graph was filled, the log's own end counts.
   */
  async #mark(): Promise<bigint> {
    const { bus, store, follower } = this.#parts;
    const logged = await store.logged();
    return logged > follower.loaded ? logged : bus.highWaterMark(CONFIG_TOPIC);
  }

  async #compare(uuids: readonly string[], names: readonly LookedName[]): Promise<void> {
    const { mirror } = this.#parts;
    await each(names, (name) => mirror.bringName(name));
    await each(uuids, (uuid) => mirror.bring(uuid));
  }

  async #awaitStore(): Promise<void> {
    while (!this.#parts.signal.aborted) {
      try {
        await this.#parts.store.state(PROBE);
        break;
      } catch {
        // The store's own deadline has passed: it is asked again.
      }
    }
    this.#isStoreSilent = false;
  }

  /** What a promise gives, or false when the time is over. */
  #within(waitMs: number, promise: Promise<boolean>): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#parts.clock.setTimer(waitMs, () => resolve(false));
      void promise.then((value) => {
        timer.cancel();
        resolve(value);
      });
    });
  }
}

async function each<T>(items: readonly T[], bring: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += TOGETHER) {
    await Promise.all(items.slice(from, from + TOGETHER).map(bring));
  }
}
