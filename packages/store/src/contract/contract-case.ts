import type { ObjectStore } from "../object-store.ts";

/** A store under test; each case gets an empty one. */
export interface StoreFixture {
  readonly store: ObjectStore;
  /** Opens the same data again, as after a crash: the store before it is not closed and not used any more. */
  reopen(): Promise<ObjectStore>;
  /** Another node's store on the same data, used beside the first. */
  peer(): Promise<ObjectStore>;
}

/** One case of the contract; a failed expectation throws. */
export interface StoreCase {
  readonly name: string;
  run(fixture: StoreFixture): Promise<void>;
}
