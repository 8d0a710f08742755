/** One call of a client, as the client saw it. Times are those of one monotonic clock, in ms. */
export interface Operation<Input, Output> {
  /** Who called; for people that read a verdict. */
  readonly client: string;
  readonly input: Input;
  /** undefined: no answer, or one that tells nothing (5xx). It may take effect at any time after its call, or never. */
  readonly output: Output | undefined;
  readonly calledAtMs: number;
  /** When the answer was there; without an answer it is not looked at. */
  readonly returnedAtMs: number;
}

/** What one key does when calls come one after the other. */
export interface SequentialModel<State, Input, Output> {
  readonly initial: State;
  /**
   * The state after an operation; undefined where it cannot have this output in this state. Without an output: the state
   * after its effect, undefined where it would have none.
   */
  step(state: State, input: Input, output: Output | undefined): State | undefined;
  /** Equal for equal states only. */
  keyOf(state: State): string;
}

/** What the search found. */
export type Verdict<Input, Output> =
  | { readonly kind: "linearizable" }
  | {
      readonly kind: "not-linearizable";
      /** Most operations that could be put into an order. */
      readonly explained: number;
      /** Key of the state after them. */
      readonly state: string;
      /** Operations of which one would have had to come next. */
      readonly stuck: readonly Operation<Input, Output>[];
    }
  /** The bound of configurations was reached. */
  | { readonly kind: "undecided" };
