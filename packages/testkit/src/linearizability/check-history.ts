import type { Operation, SequentialModel, Verdict } from "./history.ts";

/** Configurations that are looked at before the search gives up. */
const MAX_CONFIGURATIONS = 1_000_000;

/** A set of operations that have taken effect, and the state after them. */
interface Configuration<State> {
  readonly state: State;
  /** Answered operations before this index have all taken effect. */
  readonly low: number;
  /** Those from `low` on that have; ascending. */
  readonly ahead: readonly number[];
  /** Bits of the unanswered operations that have. */
  readonly used: bigint;
}

interface Candidates {
  readonly answered: readonly number[];
  /** An operation called later than this comes after one that has not taken effect yet. */
  readonly untilMs: number;
}

/**
 * Whether one key's operations can be put into one order that keeps the order of calls that did not overlap and that the
 * model accepts: the search of Wing and Gong (1993) with the memo of Lowe (2017). A memo entry also covers what has the same
 * answered operations and state and has used more of the unanswered ones: these are never needed.
 */
export function checkHistory<State, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  maxConfigurations = MAX_CONFIGURATIONS,
): Verdict<Input, Output> {
  return new Search(model, operations).run(maxConfigurations);
}

class Search<State, Input, Output> {
  readonly #model: SequentialModel<State, Input, Output>;
  readonly #answered: readonly Operation<Input, Output>[];
  readonly #unanswered: readonly Operation<Input, Output>[];
  readonly #seen = new Map<string, bigint[]>();
  #best: Configuration<State>;

  constructor(model: SequentialModel<State, Input, Output>, operations: readonly Operation<Input, Output>[]) {
    this.#model = model;
    const inOrder = operations.toSorted((a, b) => a.calledAtMs - b.calledAtMs);
    this.#answered = inOrder.filter(({ output }) => output !== undefined);
    this.#unanswered = inOrder.filter(({ output }) => output === undefined);
    this.#best = { state: model.initial, low: 0, ahead: [], used: 0n };
  }

  run(maxConfigurations: number): Verdict<Input, Output> {
    const stack = [this.#best];
    for (let count = 0; ; count++) {
      const configuration = stack.pop();
      if (configuration === undefined) return this.#stuck();
      if (configuration.low === this.#answered.length) return { kind: "linearizable" };
      if (count === maxConfigurations) return { kind: "undecided" };
      if (done(configuration) > done(this.#best)) this.#best = configuration;
      for (const next of this.#successors(configuration)) if (this.#isNew(next)) stack.push(next);
    }
  }

  #stuck(): Verdict<Input, Output> {
    const { state } = this.#best;
    const stuck = this.#candidates(this.#best).answered.flatMap((index) => this.#answered[index] ?? []);
    return { kind: "not-linearizable", explained: done(this.#best), state: this.#model.keyOf(state), stuck };
  }

  /** What may come next; what is most likely stands last. */
  #successors(configuration: Configuration<State>): readonly Configuration<State>[] {
    const { answered, untilMs } = this.#candidates(configuration);
    const key = this.#model.keyOf(configuration.state);
    const found: Configuration<State>[] = [];
    for (const index of answered) {
      const state = this.#stepped(configuration, this.#answered[index]);
      if (state === undefined) continue;
      const next = this.#after(configuration, index, state);
      // What is possible now and changes nothing may as well be now: no other order has to be tried.
      if (this.#model.keyOf(state) === key) return [next];
      found.push(next);
    }
    return [...this.#unansweredNext(configuration, untilMs, key), ...found.reverse()];
  }

  #unansweredNext(configuration: Configuration<State>, untilMs: number, key: string): Configuration<State>[] {
    const found: Configuration<State>[] = [];
    for (const [index, operation] of this.#unanswered.entries()) {
      if (operation.calledAtMs > untilMs) break;
      const bit = 1n << BigInt(index);
      if ((configuration.used & bit) !== 0n) continue;
      const state = this.#stepped(configuration, operation);
      if (state === undefined || this.#model.keyOf(state) === key) continue;
      found.push({ ...configuration, state, used: configuration.used | bit });
    }
    return found;
  }

  #candidates({ low, ahead }: Configuration<State>): Candidates {
    const answered: number[] = [];
    let untilMs = Number.POSITIVE_INFINITY;
    let position = 0;
    for (let index = low; index < this.#answered.length; index++) {
      const operation = this.#answered[index];
      if (operation === undefined || operation.calledAtMs > untilMs) break;
      if (ahead[position] === index) position++;
      else {
        answered.push(index);
        untilMs = Math.min(untilMs, operation.returnedAtMs);
      }
    }
    return { answered, untilMs };
  }

  #stepped({ state }: Configuration<State>, operation: Operation<Input, Output> | undefined): State | undefined {
    return operation === undefined ? undefined : this.#model.step(state, operation.input, operation.output);
  }

  #after(configuration: Configuration<State>, index: number, state: State): Configuration<State> {
    const ahead = [...configuration.ahead, index].sort((a, b) => a - b);
    let { low } = configuration;
    while (ahead[0] === low) {
      ahead.shift();
      low++;
    }
    return { ...configuration, state, low, ahead };
  }

  /** False where one that is as good, or better, has been met. */
  #isNew({ state, low, ahead, used }: Configuration<State>): boolean {
    const key = `${low} ${ahead.join(",")} ${this.#model.keyOf(state)}`;
    const known = this.#seen.get(key) ?? [];
    if (known.some((other) => (other & used) === other)) return false;
    this.#seen.set(key, [...known.filter((other) => (other & used) !== used), used]);
    return true;
  }
}

function done({ low, ahead }: { readonly low: number; readonly ahead: readonly number[] }): number {
  return low + ahead.length;
}
