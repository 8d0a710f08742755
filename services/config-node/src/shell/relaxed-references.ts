import type { ObjectStore } from "@contrail/store";

/** References that do not keep their target from being removed (ref-relax-for-delete); noted beside the objects. */
export class RelaxedReferences {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  async has(from: string, to: string): Promise<boolean> {
    return (await this.#store.readKey(keyOf(from, to))) !== undefined;
  }

  async note(from: string, to: string): Promise<void> {
    await this.#store.writeKey(keyOf(from, to), "relaxed");
  }

  async forget(from: string, to: string): Promise<void> {
    await this.#store.writeKey(keyOf(from, to), undefined);
  }
}

function keyOf(from: string, to: string): string {
  return `relaxed:${from}:${to}`;
}
