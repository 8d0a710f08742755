import type { EventRow } from "../core/rows.ts";
import type { Caller } from "./identify.ts";
import type { Store } from "./store.ts";

/** What an event is about. */
export interface Subject {
  readonly type: string;
  readonly uuid: string;
  readonly name?: string;
}

/** What an event says. */
export interface News extends Pick<EventRow, "type" | "state" | "description" | "level"> {
  readonly subject: Subject | undefined;
  /** uuid of the event with which it began. */
  readonly parent: string | undefined;
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

  /** Writes an event of an owner, and gives it. */
  tell(caller: Caller, owner: string, { type, state, description, subject, level, parent }: News): EventRow {
    const event = this.#store.make("event", {
      type,
      description,
      parent,
      account: owner,
      username: caller.user.username,
      state,
      level,
      resource: subject?.uuid,
      resourceType: subject?.type,
      resourceName: subject?.name,
    });
    for (const listener of this.#listeners) listener(event);
    return event;
  }
}
