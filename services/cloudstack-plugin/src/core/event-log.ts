/** Something that a person may want to know of, later. */
export interface PluginEvent {
  /** From 1 at each start of the plugin, without gaps. */
  readonly id: number;
  /** ISO time. */
  readonly at: string;
  /** From a fixed set: "command-failed", "command-recovered", "reconciled". */
  readonly kind: string;
  readonly text: string;
  /** Plain values that belong to it: numbers of CloudStack, a code, what to do next. Nothing of a payload. */
  readonly details: Readonly<Record<string, string | number>>;
}

/** Events that are kept. */
const MAX_EVENTS = 1_000;

/** The last events. */
export class EventLog {
  readonly #max: number;
  #events: PluginEvent[] = [];
  #lastId = 0;

  constructor(max = MAX_EVENTS) {
    this.#max = max;
  }

  /** Keeps an event; the oldest goes where there are too many. */
  add(event: Omit<PluginEvent, "id">): PluginEvent {
    const kept = { id: ++this.#lastId, ...event };
    this.#events.push(kept);
    if (this.#events.length > this.#max) this.#events.shift();
    return kept;
  }

  /** Events younger than an id, the last ones, in their order. */
  latest(limit: number, afterId = 0): readonly PluginEvent[] {
    return limit < 1 ? [] : this.#events.filter(({ id }) => id > afterId).slice(-limit);
  }
}
