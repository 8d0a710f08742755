import {
  checkHistory,
  type HolderInput,
  holderModel,
  type ObjectInput,
  type ObjectOutput,
  type Operation,
  objectModel,
  type Verdict,
} from "@contrail/testkit/linearizability";

/** What a call came to, for the counts of a run. */
export interface CallCounts {
  /** Calls that were answered. */
  answered: number;
  /** Of these, writes that were acknowledged. */
  acknowledged: number;
  /** Calls without an answer, or with a 5xx. */
  unknown: number;
  /** Of these, those that ran while the store had no quorum. */
  unknownWithoutQuorum: number;
  /** Reads marked as perhaps old (Warning: 110), which are not checked. */
  stale: number;
  /** Addresses that a call without an answer may hold. */
  leaked: number;
}

/** Operations that are shown of those before one that cannot be. */
const EARLIER_SHOWN = 20;

/** What all clients of a run saw, by the key that it is checked by, in one clock (performance.now()). */
export class HistoryLog {
  readonly counts: CallCounts = {
    ...{ answered: 0, acknowledged: 0, unknown: 0, unknownWithoutQuorum: 0, stale: 0, leaked: 0 },
  };
  /** Answers that no client should ever get. */
  readonly unexpected: string[] = [];
  /** Calls without an answer though the store had a quorum; with what was said instead. */
  readonly refused: string[] = [];
  /** Longest time around a kill without an acknowledged write, in ms; those that took the quorum are left out. */
  writeGapMs = 0;
  /** Longest time around a kill without a list that is surely the newest, in ms: that takes both stores. */
  listGapMs = 0;
  readonly #objects = new Map<string, Operation<ObjectInput, ObjectOutput>[]>();
  readonly #holders = new Map<string, Operation<HolderInput, "done">[]>();
  readonly #withoutQuorum: { readonly fromMs: number; untilMs: number }[] = [];
  readonly #writes = new Beats();
  readonly #lists = new Beats();

  /** True while too many servers are gone for the store to serve. */
  get hasNoQuorum(): boolean {
    return this.#withoutQuorum.some(({ untilMs }) => untilMs === Number.POSITIVE_INFINITY);
  }

  /** Names, addresses, and operations on them. */
  get size(): { readonly keys: number; readonly operations: number } {
    const all = [...this.#objects.values(), ...this.#holders.values()];
    return { keys: all.length, operations: all.reduce((sum, { length }) => sum + length, 0) };
  }

  /** An operation on the object that has a name. */
  object(name: string, operation: Operation<ObjectInput, ObjectOutput>): void {
    put(this.#objects, name, operation);
  }

  /** An operation on an address. */
  holder(address: string, operation: Operation<HolderInput, "done">): void {
    put(this.#holders, address, operation);
  }

  /** A write was acknowledged. */
  acknowledge(): void {
    this.counts.acknowledged++;
    this.writeGapMs = Math.max(this.writeGapMs, this.#writes.beat());
  }

  /** A list was answered, and not marked as perhaps old. */
  listed(): void {
    this.listGapMs = Math.max(this.listGapMs, this.#lists.beat());
  }

  /** A server was killed, and the store still has a quorum. */
  struck(): void {
    this.#writes.strike();
    this.#lists.strike();
  }

  /** A call that began then ended without telling what became of it. */
  unknown(calledAtMs: number, what: string): void {
    this.counts.unknown++;
    if (this.#lacksQuorum(calledAtMs, performance.now())) this.counts.unknownWithoutQuorum++;
    else this.refused.push(what);
  }

  /** From now on the store may refuse; until the function that is given back is called. */
  withoutQuorum(): () => void {
    const span = { fromMs: performance.now(), untilMs: Number.POSITIVE_INFINITY };
    this.#withoutQuorum.push(span);
    this.#writes.forget();
    this.#lists.forget();
    return () => {
      span.untilMs = performance.now();
    };
  }

  /** What is wrong, a line each; nothing where every key's history has an order. */
  problems(): readonly string[] {
    const found = [...this.unexpected];
    for (const [name, operations] of this.#objects) {
      found.push(...told(name, checkHistory(objectModel, operations), operations));
    }
    for (const [address, operations] of this.#holders) {
      found.push(...told(address, checkHistory(holderModel, operations), operations));
    }
    return found;
  }

  #lacksQuorum(fromMs: number, untilMs: number): boolean {
    return this.#withoutQuorum.some((span) => span.fromMs <= untilMs && span.untilMs >= fromMs);
  }
}

/** Times of what should go on all the time, and the pause around a strike. */
class Beats {
  #lastMs: number | undefined;
  #fromMs: number | undefined;

  /** It went on; gives the length of the pause around the last strike, 0 where there was none. */
  beat(): number {
    const nowMs = performance.now();
    const gapMs = this.#fromMs === undefined ? 0 : nowMs - this.#fromMs;
    this.#lastMs = nowMs;
    this.#fromMs = undefined;
    return gapMs;
  }

  strike(): void {
    this.#fromMs ??= this.#lastMs ?? performance.now();
  }

  forget(): void {
    this.#fromMs = undefined;
  }
}

function told<Input, Output>(
  key: string,
  verdict: Verdict<Input, Output>,
  operations: readonly Operation<Input, Output>[],
): readonly string[] {
  switch (verdict.kind) {
    case "linearizable":
      return [];
    case "undecided":
      return [`${key}: the check was not decided`];
    case "not-linearizable": {
      const { explained, state, stuck } = verdict;
      const first = Math.min(...stuck.map(({ calledAtMs }) => calledAtMs));
      const before = operations.filter(({ calledAtMs }) => calledAtMs < first).slice(-EARLIER_SHOWN);
      const head = `${key}: after ${explained} operations in state ${state} none of these can come`;
      return [`${head}: ${stuck.map(shown).join("; ")}; called before them: ${before.map(shown).join("; ")}`];
    }
  }
}

function shown<Input, Output>({ client, input, output, calledAtMs, returnedAtMs }: Operation<Input, Output>): string {
  const times = `${Math.round(calledAtMs)}-${Math.round(returnedAtMs)}`;
  return `${client} ${times} ${JSON.stringify(input)} -> ${JSON.stringify(output)}`;
}

function put<T>(map: Map<string, T[]>, key: string, item: T): void {
  const items = map.get(key);
  if (items === undefined) map.set(key, [item]);
  else items.push(item);
}
