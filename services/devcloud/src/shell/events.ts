import type { EventRow } from "../core/rows.ts";
import type { Caller } from "./identify.ts";
import type { Store } from "./store.ts";

/** What an event is about. */
export interface Subject {
  readonly type: string;
  readonly uuid: string;
  readonly name?: string;
}

/** Hears every event after it is written. */
export type EventListener = (event: EventRow) => void;

/** Writes events, and tells who listens (webhooks). */
export class Events {
  readonly #store: Store;
  readonly #listeners: EventListener[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  listen(listener: EventListener): void {
    this.#listeners.push(listener);
  }

  tell(
    caller: Caller,
    owner: string,
    type: string,
    state: EventRow["state"],
    description: string,
    subject?: Subject,
    level: EventRow["level"] = "INFO",
  ): void {
    const event = this.#store.make("event", {
      type,
      description,
      account: owner,
      username: caller.user.username,
      state,
      level,
      resource: subject?.uuid,
      resourceType: subject?.type,
      resourceName: subject?.name,
    });
    for (const listener of this.#listeners) listener(event);
  }
}
