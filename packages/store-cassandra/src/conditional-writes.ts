import type { Parameter, Row, Session, Write } from "./session.ts";
import { Together } from "./together.ts";

interface RowWrite extends Write {
  /** What tells the row from others of its partition. */
  readonly row: string;
}

/**
 * Conditional writes of one table, one agreement for those of a partition that come together (one batch, all of it or
 * none). One at a time is under way in a partition: of two that we send at once each would make the other begin again.
 */
export class ConditionalWrites {
  readonly #session: Session;
  readonly #together: Together<RowWrite, Row | undefined>;

  constructor(session: Session) {
    this.#session = session;
    // Two conditional writes of one row in one batch would both hold for what was there before.
    const bounds = { rowOf: ({ row }: RowWrite) => row, bytesOf };
    this.#together = new Together<RowWrite, Row | undefined>((writes) => this.#send(writes), bounds);
  }

  /** As Session.conditional(). Rejects where the outcome is not known, for all that were sent with it. */
  run(partition: string, row: string, query: string, parameters: readonly Parameter[]): Promise<Row | undefined> {
    return this.#together.run(partition, { row, query, params: parameters });
  }

  /** Where a condition of a batch does not hold, halves of it find out whose. */
  async #send(writes: readonly RowWrite[]): Promise<readonly (Row | undefined)[]> {
    const [only] = writes;
    if (only !== undefined && writes.length === 1) return [await this.#session.conditional(only.query, only.params)];
    if ((await this.#session.conditionalBatch(writes)) === undefined) return writes.map(() => undefined);
    const middle = writes.length >> 1;
    const first = await this.#send(writes.slice(0, middle));
    return [...first, ...(await this.#send(writes.slice(middle)))];
  }
}

function bytesOf({ params }: Write): number {
  let bytes = 0;
  for (const parameter of params) if (typeof parameter === "string") bytes += parameter.length;
  return bytes;
}
