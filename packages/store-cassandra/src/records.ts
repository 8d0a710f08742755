import type { Clock } from "@contrail/clock";
import type { StoredRecord } from "@contrail/store";
import { decide, pages, retried } from "./conditional.ts";
import { type Parameter, type Session, text } from "./session.ts";
import { CQL } from "./statements.ts";

/** Users, keys, sessions: one partition a kind, written by conditional writes only. */
export class Records {
  readonly #session: Session;
  readonly #clock: Clock;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  async of(kind: string): Promise<readonly StoredRecord[]> {
    const found: StoredRecord[] = [];
    for await (const row of pages(this.#clock, this.#session, CQL.readRecords, [kind])) {
      found.push({ id: text(row, "id") ?? "", text: text(row, "body") ?? "" });
    }
    return found;
  }

  async read(kind: string, id: string): Promise<string | undefined> {
    const read = () => this.#session.execute(CQL.readRecord, [kind, id]);
    const [row] = await retried(this.#clock, `${kind} ${id}`, read);
    return row === undefined ? undefined : text(row, "body");
  }

  async swap(kind: string, id: string, before: string | undefined, after: string | undefined): Promise<boolean> {
    if (before === undefined && after === undefined) return true;
    const [query, parameters] = changeOf(kind, id, before, after);
    return decide(this.#clock, {
      what: `${kind} ${id}`,
      send: () => this.#session.conditionalOnce(query, parameters),
      look: async () => {
        const [row] = await this.#session.decided(CQL.readRecord, [kind, id]);
        const found = row === undefined ? undefined : text(row, "body");
        if (found === after) return "mine";
        return found === before ? "unchanged" : "other";
      },
    });
  }
}

function changeOf(
  kind: string,
  id: string,
  before: string | undefined,
  after: string | undefined,
): readonly [query: string, parameters: readonly Parameter[]] {
  if (before === undefined) return [CQL.putRecord, [after ?? "", kind, id]];
  return after === undefined ? [CQL.dropRecord, [kind, id, before]] : [CQL.setRecord, [after, kind, id, before]];
}
