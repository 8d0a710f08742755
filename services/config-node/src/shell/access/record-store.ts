import { ContrailError } from "@contrail/errors";
import type { ObjectStore } from "@contrail/store";

/** Times that a change is tried again on the newer record. */
const MAX_ATTEMPTS = 20;

/** Records of one kind as values. Texts are JSON that this class alone writes. */
export class RecordStore<T extends object> {
  readonly #store: ObjectStore;
  readonly #kind: string;

  constructor(store: ObjectStore, kind: string) {
    this.#store = store;
    this.#kind = kind;
  }

  async all(): Promise<readonly { readonly id: string; readonly value: T }[]> {
    const records = await this.#store.records(this.#kind);
    return records.map(({ id, text }) => ({ id, value: parsed<T>(text) }));
  }

  async read(id: string): Promise<T | undefined> {
    const text = await this.#store.readRecord(this.#kind, id);
    return text === undefined ? undefined : parsed<T>(text);
  }

  /** False where the id is taken. */
  create(id: string, value: T): Promise<boolean> {
    return this.#store.swapRecord(this.#kind, id, undefined, JSON.stringify(value));
  }

  /** Changes or (undefined) removes a record; gives it as it was, undefined where it is not there. */
  async change(id: string, edit: (value: T) => T | undefined): Promise<T | undefined> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const text = await this.#store.readRecord(this.#kind, id);
      if (text === undefined) return undefined;
      const value = parsed<T>(text);
      const edited = edit(value);
      const after = edited === undefined ? undefined : JSON.stringify(edited);
      if (await this.#store.swapRecord(this.#kind, id, text, after)) return value;
    }
    throw new ContrailError("config.unavailable", `a ${this.#kind} is changed all the time`);
  }
}

function parsed<T>(text: string): T {
  return JSON.parse(text) as T; // Written by create and change.
}
