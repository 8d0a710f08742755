import type { ConfigChange } from "@contrail/schema";
import type { DerivedLinks, DerivedName, DerivedObject, Pending } from "./derived.ts";
import { DesiredState } from "./desired-state.ts";
import { Flow } from "./flow.ts";
import { nameOf, putObject } from "./intent-tables.ts";
import { Numbers } from "./learnt-numbers.ts";
import { allRules } from "./rules.ts";

/** Intent in, derived objects out. Depends on the objects that exist, not on the order in which they came. */
export interface Transformer {
  /** Takes one change of an intent object or of a derived one. */
  apply(change: ConfigChange): void;
  /** What has to be written so that the derived objects are those wanted; empty when they are. */
  pending(): Pending;
  /** What is wanted under a name now, whether or not it is written; undefined: nothing. */
  wanted(name: DerivedName): DerivedObject | undefined;
  /** All that is wanted now, by type and name. */
  desired(): ReadonlyMap<string, DerivedObject>;
  /** All references of intent objects to derived ones that are wanted now. */
  desiredLinks(): ReadonlyMap<string, DerivedLinks>;
  /** Times that a rule has run so far: what the changes have cost, whatever the machine. */
  readonly evaluated: number;
}

/** A transformer that knows nothing yet. */
export function createTransformer(): Transformer {
  return new IncrementalTransformer();
}

/** Types whose derived objects are read too: the store gives them their addresses. */
const READ_WHEN_DERIVED: ReadonlySet<string> = new Set(["instance-ip"]);

class IncrementalTransformer implements Transformer {
  readonly #state = new DesiredState();
  readonly #numbers = new Numbers();
  readonly #flow = new Flow(allRules(this.#numbers), this.#state);

  get evaluated(): number {
    return this.#flow.evaluated;
  }

  apply(change: ConfigChange): void {
    const object = change.kind === "upsert" ? change.object : undefined;
    const { type, fqName } = object ?? (change as Exclude<ConfigChange, { kind: "upsert" }>); // It is one or the other.
    const name = nameOf({ fqName });
    this.#numbers.learn(type, name, object);
    if (object?.derived) {
      this.#state.exists(object);
      if (!READ_WHEN_DERIVED.has(type)) return;
    } else {
      if (object === undefined) this.#state.gone({ type, fqName });
      this.#state.refers({ type, fqName }, object);
    }
    putObject(this.#flow, change);
  }

  pending(): Pending {
    this.#flow.calculate();
    return this.#state.pending();
  }

  wanted(name: DerivedName): DerivedObject | undefined {
    this.#flow.calculate();
    return this.#state.wanted(name);
  }

  desired(): ReadonlyMap<string, DerivedObject> {
    this.#flow.calculate();
    return this.#state.all();
  }

  desiredLinks(): ReadonlyMap<string, DerivedLinks> {
    this.#flow.calculate();
    return this.#state.allLinks();
  }
}
