import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import { KeyedLock } from "@contrail/runtime";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { countedObjects, overQuota, type QuotaLimit, quotaFor } from "../core/access/quota.ts";

/** Slots that objects of before the quota are put into, whatever the limit is. */
const LAST_SLOT = 1n << 31n;

/**
 * Places under a project's quota, claimed in the store as numbers are: however many nodes create at once, no more objects
 * come to be than there are places. A place goes back with its object.
 */
export class QuotaSlots {
  readonly #store: ObjectStore;
  readonly #graph: ConfigGraph;
  readonly #lock = new KeyedLock();

  constructor(store: ObjectStore, graph: ConfigGraph) {
    this.#store = store;
    this.#graph = graph;
  }

  /** Throws 412 where the project of a new object has as many of its type as its quota allows. */
  async claim(object: ConfigObject): Promise<void> {
    const found = quotaFor(this.#graph, object);
    if (found === undefined) return;
    const pool = `quota:${found.project.uuid}:${found.field}`;
    await this.#lock.run(pool, () => this.#claimIn(pool, found, object));
  }

  async #claimIn(pool: string, found: QuotaLimit, object: ConfigObject): Promise<void> {
    // A limit that was lowered leaves objects in places above it.
    if (countedObjects(this.#graph, found.project, object.type).length >= found.limit) throw overQuota(found);
    await this.#seatOlder(pool, found, object.type);
    await this.#take(pool, object.uuid, BigInt(found.limit)).catch((reason: unknown) => {
      if (ContrailError.from(reason).code === "store.exhausted_conflict") throw overQuota(found);
      throw reason;
    });
  }

  /** Objects that were made while there was no limit take places too. */
  async #seatOlder(pool: string, { project }: QuotaLimit, type: string): Promise<void> {
    const seated = new Set((await this.#store.allocations(pool)).map(({ owner }) => owner));
    for (const { uuid } of countedObjects(this.#graph, project, type)) {
      if (!seated.has(uuid)) await this.#take(pool, uuid, LAST_SLOT);
    }
  }

  #take(pool: string, owner: string, last: bigint): Promise<bigint> {
    // In order, so that objects of before the quota take the places below its limit.
    return this.#store.allocate({ pool, owner, first: 1n, last, inOrder: true });
  }
}
