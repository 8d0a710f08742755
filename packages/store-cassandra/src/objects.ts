import { ContrailError } from "@contrail/errors";
import { KeyedLock } from "@contrail/runtime";
import type { ConfigObject } from "@contrail/schema";
import type { RemovalOptions, Removed } from "@contrail/store";
import type { Intent, IntentDetail } from "./intent.ts";
import type { Intents, OwnIntent } from "./intents.ts";
import type { Leases } from "./leases.ts";
import type { NameClaim, Names, NewClaim } from "./names.ts";
import type { Numbers } from "./numbers.ts";
import type { RowState } from "./object-row.ts";
import type { Link, References } from "./references.ts";
import type { FoundRow, ObjectRows } from "./rows.ts";
import type { Settling } from "./settling.ts";

/** Times that an operation begins again because the row changed under it. */
const MAX_ATTEMPTS = 40;
const NONE: ReadonlySet<string> = new Set();

/** What writes and removals work with. */
export interface ObjectParts {
  readonly rows: ObjectRows;
  readonly names: Names;
  readonly references: References;
  readonly numbers: Numbers;
  readonly intents: Intents;
  readonly leases: Leases;
  readonly settling: Settling;
}

/** A done operation, and the intent that is the outbox's entry for it. */
export interface Done<T> {
  readonly value: T;
  readonly intent: Intent;
  /** Whether what it replaced has been taken away. */
  readonly isSettled: boolean;
}

type Found = FoundRow | undefined;

/**
 * Writes and removals, each: intent, rows of references, claim of the name, then the one conditional write of the object's
 * row that makes it true. What comes before is void without it, what comes after can be repeated from the intent.
 */
export class Objects {
  readonly #parts: ObjectParts;
  /** One operation of ours on an object at a time: against each other they would only lose time. */
  readonly #locks = new KeyedLock();

  constructor(parts: ObjectParts) {
    this.#parts = parts;
  }

  write(object: ConfigObject, expected: bigint | undefined, epoch: bigint | undefined): Promise<Done<ConfigObject>> {
    const leased = object.derived ? object.epoch : epoch;
    // One that is made is expected not to be there: where it is, or has been, the first attempt fails.
    const isNew = expected === undefined;
    return this.#attempted(object.uuid, isNew, async (found) => {
      checkRevision(object.uuid, found?.object, expected);
      return this.#tryWrite(object, found, (found?.state.revision ?? 0n) + 1n, { isChecked: true, epoch: leased });
    });
  }

  /** Writes an object with the revision that it has, whatever it refers to; undefined where it is there. */
  async restore(object: ConfigObject): Promise<Done<ConfigObject> | undefined> {
    const { uuid, revision } = object;
    const there = await this.#parts.rows.read(uuid);
    if (there?.object?.revision === revision) return undefined;
    return this.#attempted(uuid, there === undefined, async (found) => {
      if (found?.object !== undefined || (found?.state.revision ?? 0n) > revision) {
        throw new ContrailError("store.conflict", `${uuid} is there, or was, in another revision`, {
          fields: { uuid },
        });
      }
      return this.#tryWrite(object, found, revision, { isChecked: false, epoch: undefined });
    });
  }

  remove(uuid: string, expected: bigint, { epoch, besides = NONE }: RemovalOptions): Promise<Done<Removed>> {
    return this.#attempted(uuid, false, async (found) => {
      if (found?.object === undefined) throw new ContrailError("store.not_found", `${uuid} does not exist`);
      checkRevision(uuid, found.object, expected);
      const checkedMs = epoch === undefined ? undefined : await this.#parts.leases.checkEpoch(epoch);
      await this.#parts.references.refuseReferrers(uuid, { besides, fence: false });
      return this.#tryRemove(found.object, found.state, besides, async () => {
        if (epoch !== undefined && checkedMs !== undefined) await this.#parts.leases.checkEpochSince(checkedMs, epoch);
      });
    });
  }

  /** Tries on the row as it is until it does not change meanwhile. */
  #attempted<T>(
    uuid: string,
    isNew: boolean,
    attempt: (found: Found) => Promise<Done<T> | undefined>,
  ): Promise<Done<T>> {
    return this.#locks.run(uuid, async () => {
      for (let count = 1; count <= MAX_ATTEMPTS; count++) {
        const done = await attempt(isNew && count === 1 ? undefined : await this.#parts.rows.read(uuid));
        if (done !== undefined) return done;
      }
      throw new ContrailError("store.unavailable", `${uuid} is changed all the time`);
    });
  }

  /** isChecked: targets are looked at; epoch: that of the lease, which is looked at too. */
  async #tryWrite(
    object: ConfigObject,
    found: Found,
    revision: bigint,
    { isChecked, epoch }: { readonly isChecked: boolean; readonly epoch: bigint | undefined },
  ): Promise<Done<ConfigObject> | undefined> {
    const { intents, references, leases, rows } = this.#parts;
    const before = found?.state;
    const begun = await intents.begin(object.uuid, revision);
    const plan = planWrite(object, found, begun.nonce);
    const [intent] = await this.#begun(
      begun,
      Promise.all([intents.put(begun, plan.detail), references.put(plan.added)]),
    );
    return this.#guarded(intent, plan.replaced, async () => {
      const [checkedMs, isClaimed] = await bothEnded(
        this.#check(isChecked ? plan.added.map(({ target }) => target) : [], epoch),
        plan.claim === undefined
          ? Promise.resolve(true)
          : this.#claim({ ...plan.claim, uuid: object.uuid, basis: plan.detail.basis }, before),
      );
      if (!isClaimed) return undefined;
      if (epoch !== undefined && checkedMs !== undefined) await leases.checkEpochSince(checkedMs, epoch);
      const written = { ...object, revision: intent.revision };
      const { links, nameClaim } = plan;
      const isWritten = await rows.write({ object: written, guard: intent.nonce, before, links, nameClaim });
      return isWritten ? written : undefined;
    });
  }

  /** Rejects where a target is not there, or the lease is over. Gives the monotonic time of that check. */
  async #check(targets: readonly string[], epoch: bigint | undefined): Promise<number | undefined> {
    const { leases, references } = this.#parts;
    const [checkedMs] = await Promise.all([
      epoch === undefined ? undefined : leases.checkEpoch(epoch),
      references.requireTargets(targets),
    ]);
    return checkedMs;
  }

  /** Claims the name of an object; false: the write has to begin again. Rejects where somebody else has it. */
  async #claim(wanted: NewClaim, before: RowState | undefined): Promise<boolean> {
    const claimed = await this.#parts.names.claim(wanted);
    switch (claimed.kind) {
      case "claimed":
        return true;
      case "blocked":
        await this.#parts.rows.fence(wanted.uuid, before);
        return false;
      case "taken": {
        const fields = { uuid: claimed.uuid };
        throw new ContrailError("store.name_conflict", `the name is taken by ${claimed.uuid}`, { fields });
      }
    }
  }

  async #tryRemove(
    object: ConfigObject,
    state: RowState,
    besides: ReadonlySet<string>,
    checkEpoch: () => Promise<void>,
  ): Promise<Done<Removed> | undefined> {
    const { intents, numbers, rows, references } = this.#parts;
    const revision = state.revision + 1n;
    const owned = await numbers.ownedBy(object.uuid);
    const begun = await intents.begin(object.uuid, revision);
    const links = Object.entries(state.links).map(([target, nonce]) => ({ target, source: object.uuid, nonce }));
    const detail = { basis: state.guard, names: nameOf(object, state), links, numbers: owned };
    const intent = await this.#begun(begun, intents.put(begun, detail));
    return this.#guarded(intent, detail, async () => {
      const marked = await rows.mark(state, "removing");
      if (marked === undefined) return undefined;
      try {
        await references.refuseReferrers(object.uuid, { besides, fence: true });
      } catch (reason) {
        await rows.mark(marked, "live");
        throw reason;
      }
      await checkEpoch();
      return (await rows.bury(marked, intent.nonce, revision)) ? { object, revision } : undefined;
    });
  }

  /** A failure before the intent is known to lie there leaves nothing to settle but what is in it, should it lie there. */
  async #begun<T>(begun: { done(): void }, putting: Promise<T>): Promise<T> {
    try {
      return await putting;
    } catch (reason) {
      begun.done();
      throw reason;
    }
  }

  /** Runs what an intent stands for; where that fails or has to begin again, what was made is taken back. */
  async #guarded<T>(
    intent: OwnIntent,
    replaced: Replaced,
    run: () => Promise<T | undefined>,
  ): Promise<Done<T> | undefined> {
    const { settling } = this.#parts;
    try {
      const value = await run();
      if (value === undefined) {
        await settling.undo(intent);
        return undefined;
      }
      // What is left over does no harm, and whoever publishes the write takes it away.
      const finished = settling.finish(replaced).then(() => true);
      return { value, intent, isSettled: await finished.catch(() => false) };
    } catch (reason) {
      if (!isUnknown(reason)) {
        const undone = settling.undo(intent).catch(() => undefined); // The sweeper does it then.
        // Who is told that the servers do not answer need not wait until they do not answer this either.
        if (!isUnavailable(reason)) await undone;
      }
      throw reason;
    } finally {
      intent.done();
    }
  }
}

type Replaced = Omit<IntentDetail, "basis">;

/** Waits for both however they end, so that what is taken back after a failure has been made; the first one's failure counts. */
async function bothEnded<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** True where the write may have been made after all: its intent stays, and says so. */
function isUnknown(reason: unknown): boolean {
  return reason instanceof ContrailError && reason.fields.unknown === true;
}

function isUnavailable(reason: unknown): boolean {
  return reason instanceof ContrailError && reason.code === "store.unavailable";
}

interface WritePlan {
  readonly detail: IntentDetail;
  readonly replaced: Replaced;
  readonly added: readonly Link[];
  readonly links: Readonly<Record<string, string>>;
  /** The name that has to be claimed; undefined where it stays. */
  readonly claim: NameClaim | undefined;
  readonly nameClaim: string;
}

/** What a write of an object over a row adds, keeps and gives up. */
function planWrite(object: ConfigObject, found: Found, nonce: string): WritePlan {
  const { uuid, type, fqName } = object;
  const old = found?.object === undefined ? {} : found.state.links;
  const targets = new Set(object.refs.map(({ toUuid }) => toUuid));
  if (object.parentUuid !== undefined) targets.add(object.parentUuid);
  targets.delete(uuid);
  const links = Object.fromEntries([...targets].map((target) => [target, old[target] ?? nonce]));
  const added = [...targets]
    .filter((target) => old[target] === undefined)
    .map((target) => ({ target, source: uuid, nonce }));
  const dropped = Object.entries(old)
    .filter(([target]) => !targets.has(target))
    .map(([target, given]) => ({ target, source: uuid, nonce: given }));
  const known = found?.object === undefined ? [] : nameOf(found.object, found.state);
  const [kept] = known.filter((name) => name.type === type && JSON.stringify(name.fqName) === JSON.stringify(fqName));
  const claim = kept === undefined ? { type, fqName, claim: nonce } : undefined;
  const names = claim === undefined ? [] : [claim, ...known];
  const detail = { basis: found?.state.guard ?? "", names, links: [...added, ...dropped], numbers: [] };
  const replaced = { names: claim === undefined ? [] : known, links: dropped, numbers: [] };
  return { detail, replaced, added, links, claim, nameClaim: kept?.claim ?? nonce };
}

function nameOf({ type, fqName }: ConfigObject, { nameClaim }: RowState): readonly NameClaim[] {
  return nameClaim === undefined ? [] : [{ type, fqName, claim: nameClaim }];
}

function checkRevision(uuid: string, before: ConfigObject | undefined, expected: bigint | undefined): void {
  if (before?.revision === expected) return;
  const message =
    before === undefined
      ? `${uuid} does not exist`
      : `${uuid} has revision ${before.revision}, not ${expected ?? "none"}`;
  const fields = { uuid, fqName: before?.fqName, revision: before?.revision };
  throw new ContrailError("store.conflict", message, { fields });
}
