import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import {
  type ConfigObject,
  MODEL_VERSION,
  type ModelTables,
  type ModelVersion,
  majorProblem,
  newerPart,
  parseVersion,
  versionText,
} from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";

/** Life of the lease by which nodes say that one of their version is alive. */
const TTL_MS = 10_000;
/** Between two renewals. */
const EVERY_MS = TTL_MS / 4;
/** Tries at the start; a lease of ours that another node renews at the same moment may be refused. */
const TRIES = 12;
const RETRY_MS = 1_000;
const KIND = "model";
const ID = "floor";

/** Code of the refusal to work on a store of another version. */
const OTHER_VERSION = "config.precondition_failed";

/** What the floor is kept in, and for whom. */
export interface FloorParts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The version of the model that every node on a store knows: nothing newer is written into it. Nodes of one version hold
 * one lease together while any of them is alive; the floor rises over a version whose lease a newer node has taken, and it
 * never sinks. A node older than the floor does not start, and stops where it finds itself so.
 */
export class ModelFloor {
  readonly #parts: FloorParts;
  readonly #own: ModelVersion;
  readonly #name: string;
  readonly #isShared: boolean;
  #minor = 0;

  /** isShared: other nodes write to the store too; own: what this node speaks. */
  constructor(parts: FloorParts, name: string, isShared: boolean, own: ModelVersion = MODEL_VERSION) {
    this.#parts = parts;
    this.#name = name;
    this.#isShared = isShared;
    this.#own = own;
  }

  /** Highest minor version of what may be written. */
  get minor(): number {
    return this.#minor;
  }

  /** For introspect. */
  get status(): { readonly own: string; readonly hash: string; readonly floor: string } {
    const floor = versionText({ ...this.#own, minor: this.#minor });
    return { own: versionText(this.#own), hash: this.#own.hash, floor };
  }

  /** Says that a node of this version is there. Rejects with OTHER_VERSION where it cannot work on this store. */
  async join(signal: AbortSignal): Promise<void> {
    await this.#look();
    for (let tried = 1; !(await this.#announce()); tried++) {
      if (tried === TRIES) {
        const text = `a newer node says that none of version ${versionText(this.#own)} of the model is there: start again`;
        throw new ContrailError("store.unavailable", text);
      }
      await this.#parts.clock.sleep(RETRY_MS, signal);
    }
    // A newer node that had found nobody of our version may have raised it.
    await this.#look();
    await this.#raise();
  }

  /** Goes on saying it until the signal aborts, and raises the floor; rejects where this node has become too old. */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(EVERY_MS, signal).catch(() => undefined); // Aborted: the loop ends.
      // Where nobody else writes to the store, there is nobody to tell once the floor is ours.
      if (signal.aborted || (!this.#isShared && this.#minor === this.#own.minor)) return;
      try {
        await this.#announce();
        await this.#look();
        await this.#raise();
      } catch (reason) {
        const error = ContrailError.from(reason);
        if (error.code === OTHER_VERSION) throw error;
        if (!signal.aborted) logger.warn("the store does not say which versions are there", { reason: error.message });
      }
    }
  }

  /** Throws "config.bad_request" where an object holds what not every node knows yet. tables: this node's model. */
  check(object: Pick<ConfigObject, "type" | "properties" | "refs">, tables?: ModelTables): void {
    if (this.#minor >= this.#own.minor) return;
    const part = newerPart(object, this.#minor, tables);
    if (part === undefined) return;
    const needed = versionText({ ...this.#own, minor: part.since });
    const text = `Bad Request: ${part.path} needs version ${needed} of the model, and a configuration node of version ${this.status.floor} is still there: upgrade all of them`;
    throw new ContrailError("config.bad_request", text);
  }

  #announce(): Promise<boolean> {
    return this.#lease(this.#own.minor, `nodes of ${versionText(this.#own)}`);
  }

  async #lease(minor: number, holder: string): Promise<boolean> {
    const name = `model ${versionText({ ...this.#own, minor })}`;
    return (await this.#parts.store.acquireLease(name, holder, TTL_MS)) !== undefined;
  }

  async #look(): Promise<string | undefined> {
    const text = await this.#parts.store.readRecord(KIND, ID);
    if (text === undefined) return undefined;
    const found = parseVersion(text);
    if (found === undefined) throw new ContrailError(OTHER_VERSION, `the store's version of the model is ${text}`);
    const problem = this.#problem(found);
    if (problem !== undefined) throw new ContrailError(OTHER_VERSION, problem, { fields: { floor: text } });
    this.#minor = found.minor;
    return text;
  }

  #problem(found: ModelVersion): string | undefined {
    const own = versionText(this.#own);
    if (majorProblem(this.#own, found, "the store") !== undefined) {
      return `the store holds version ${versionText(found)} of the model, this node knows ${own}: start a release of ${found.major}.x on it, or give this one an empty store and carry the objects over with contrail api export and apply`;
    }
    if (found.minor <= this.#own.minor) return undefined;
    return `the store holds version ${versionText(found)} of the model, this node knows ${own}: install the release that the other nodes have, or restore a backup made before the upgrade into an empty store`;
  }

  /** Raises the floor over every version of which no node is there any more. */
  async #raise(): Promise<void> {
    const before = await this.#look();
    let minor = this.#minor;
    while (minor < this.#own.minor && (await this.#lease(minor, `raised by ${this.#name}`))) minor++;
    const text = versionText({ ...this.#own, minor });
    if (text === before || !(await this.#parts.store.swapRecord(KIND, ID, before, text))) return;
    this.#minor = minor;
    if (minor > 0) this.#parts.logger.info("all nodes know a newer version of the model", { version: text });
  }
}
