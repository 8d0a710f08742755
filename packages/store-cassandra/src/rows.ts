import type { Clock } from "@contrail/clock";
import type { ConfigObject } from "@contrail/schema";
import { decide, nonce, retried } from "./conditional.ts";
import { buried, columns, history, isThere, judge, objectOf, type RowState, stateOf } from "./object-row.ts";
import type { Parameter, Row, Session } from "./session.ts";
import { SharedReads } from "./shared-reads.ts";
import { CQL } from "./statements.ts";

/** Rows of table object: each write of one is conditional on its guard, so that of two writers one wins. */
export class ObjectRows {
  readonly #session: Session;
  readonly #clock: Clock;
  /** Many writers at once look at the same parent and the same targets. */
  readonly #states: SharedReads<RowState | undefined>;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
    this.#states = new SharedReads(async (uuid) => {
      const [row] = await this.#ask(CQL.readState, uuid);
      return row === undefined ? undefined : stateOf(uuid, row);
    });
  }

  async read(
    uuid: string,
  ): Promise<{ readonly state: RowState; readonly object: ConfigObject | undefined } | undefined> {
    const [row] = await this.#ask(CQL.readObject, uuid);
    if (row === undefined) return undefined;
    const state = stateOf(uuid, row);
    return { state, object: isThere(state) ? objectOf(row) : undefined };
  }

  state(uuid: string): Promise<RowState | undefined> {
    return this.#states.run(uuid);
  }

  /** Writes an object over the row that was read before; false: the row has changed. */
  write(next: Parameters<typeof columns>[0]): Promise<boolean> {
    const { before, guard, object } = next;
    return before === undefined
      ? this.#change(object.uuid, undefined, guard, CQL.insertObject, columns(next))
      : this.#change(object.uuid, before.guard, guard, CQL.updateObject, [...columns(next), before.guard]);
  }

  /** Replaces the row by a tombstone. */
  bury(before: RowState, guard: string, revision: bigint): Promise<boolean> {
    return this.#change(before.uuid, before.guard, guard, CQL.updateObject, buried(before, guard, revision));
  }

  /** Says that a removal asks who refers to it, or no more. Gives the row as it is then; undefined: it has changed. */
  async mark(before: RowState, state: "live" | "removing"): Promise<RowState | undefined> {
    const guard = nonce();
    const parameters = [guard, history(before), state, before.uuid, before.guard];
    const done = await this.#change(before.uuid, before.guard, guard, CQL.markObject, parameters);
    return done ? { ...before, guard, earlier: history(before).split(","), state } : undefined;
  }

  /**
   * Makes every write fail that is under way for a uuid as it was read, whoever writes and however long he has been
   * paused: he reads again and tries again, or finds that he is too late.
   */
  async fence(uuid: string, before: RowState | undefined): Promise<void> {
    if (before === undefined) {
      const guard = nonce();
      await this.#change(uuid, undefined, guard, CQL.insertFence, [uuid, guard]);
    } else if (before.state === "gone") {
      const guard = nonce();
      const parameters = [guard, history(before), "gone", uuid, before.guard];
      await this.#change(uuid, before.guard, guard, CQL.markObject, parameters);
    } else await this.mark(before, "live");
  }

  #change(uuid: string, expected: string | undefined, guard: string, query: string, parameters: readonly Parameter[]) {
    return decide(this.#clock, {
      what: `object ${uuid}`,
      send: () => this.#session.conditional(query, parameters),
      // An insert is answered with the whole row.
      tells: (found) => (expected === undefined ? judge(stateOf(uuid, found), expected, guard) : undefined),
      look: async () => {
        const row = await this.#session.decided(CQL.readState, [uuid]);
        return judge(row === undefined ? undefined : stateOf(uuid, row), expected, guard);
      },
    });
  }

  #ask(query: string, uuid: string): Promise<readonly Row[]> {
    return retried(this.#clock, `object ${uuid}`, () => this.#session.execute(query, [uuid]));
  }
}
