import type { Counter, Logger } from "@contrail/observability";
import type { PolicyProblem } from "../core/routing-policies.ts";

/** Problems that are logged; with more of them introspect and the counter say so alone. */
const MAX_LOGGED = 1_000;

/** A problem, and the instance that has it. */
export interface InstanceProblem extends PolicyProblem {
  readonly instance: string;
}

/** What of the policies of instances does not count: each is logged once while it lasts, counted, and shown. */
export class PolicyProblems {
  readonly #logger: Logger;
  readonly #counter: Counter;
  readonly #byInstance = new Map<string, readonly PolicyProblem[]>();
  #logged = 0;

  /** counter: problems that have come up. */
  constructor(logger: Logger, counter: Counter) {
    this.#logger = logger;
    this.#counter = counter;
  }

  /** All problems that an instance has now. */
  set(instance: string, problems: readonly PolicyProblem[]): void {
    const before = new Set(this.of(instance).map(textOf));
    const news = problems.filter((each) => !before.has(textOf(each)));
    if (problems.length === 0) this.#byInstance.delete(instance);
    else this.#byInstance.set(instance, problems);
    for (const problem of news) this.#report({ instance, ...problem });
  }

  of(instance: string): readonly PolicyProblem[] {
    return this.#byInstance.get(instance) ?? [];
  }

  *all(): Iterable<InstanceProblem> {
    for (const [instance, problems] of this.#byInstance) for (const each of problems) yield { instance, ...each };
  }

  #report({ instance, policy, reason }: InstanceProblem): void {
    this.#counter.add(1);
    if (this.#logged >= MAX_LOGGED) return;
    this.#logged++;
    this.#logger.warn("routing policy does not count as it is written", { instance, policy, reason });
  }
}

function textOf({ policy, reason }: PolicyProblem): string {
  return `${policy} ${reason}`;
}
