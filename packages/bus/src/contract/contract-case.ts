import type { Bus } from "../bus.ts";

/** A bus under test, which can be stopped and started again with its data. */
export interface BusFixture {
  readonly bus: Bus;
  /** The name of a new, empty topic; prefix: for people who look at it. */
  topic(prefix: string): string;
  /** Stops the server side and starts it again; the bus object goes on working. undefined: it has no server side. */
  readonly restart: (() => Promise<void>) | undefined;
  /** Makes compaction happen now, as far as the bus compacts. */
  compact(topic: string): Promise<void>;
}

/** One case of the contract; a failed expectation throws. */
export interface BusCase {
  readonly name: string;
  /** True: run on a bus with a server side only. */
  readonly needsRestart?: boolean;
  /** True: about compaction; a test may have the server compact more eagerly for it than is good for others. */
  readonly compacts?: boolean;
  run(fixture: BusFixture): Promise<void>;
}
