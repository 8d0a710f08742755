import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { pages, retried } from "./conditional.ts";
import { type Session, text } from "./session.ts";
import { CQL } from "./statements.ts";

/** More rounds than this of somebody else making and removing a key are not expected. */
const MAX_ROUNDS = 20;

/** Keys and values. Their writes are conditional for the order alone: the last one counts, whatever clocks say. */
export class Keys {
  readonly #session: Session;
  readonly #clock: Clock;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  async read(key: string): Promise<string | undefined> {
    const [row] = await retried(this.#clock, `key ${key}`, () => this.#session.execute(CQL.readKey, [key]));
    return row === undefined ? undefined : text(row, "value");
  }

  async *all(): AsyncGenerator<readonly [string, string], void, undefined> {
    for await (const row of pages(this.#clock, this.#session, CQL.allKeys)) {
      yield [text(row, "key") ?? "", text(row, "value") ?? ""];
    }
  }

  /** A write that is made twice does no harm: the key then has the value that it should have. */
  async write(key: string, value: string | undefined): Promise<void> {
    const send = async (query: string, ...parameters: string[]): Promise<boolean> =>
      (await retried(this.#clock, `key ${key}`, () => this.#session.conditionalOnce(query, parameters))) === undefined;
    if (value === undefined) {
      await send(CQL.dropKey, key);
      return;
    }
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (await send(CQL.setKey, value, key)) return;
      if (await send(CQL.putKey, key, value)) return;
    }
    throw new ContrailError("store.unavailable", `key ${key} is written all the time`);
  }
}
