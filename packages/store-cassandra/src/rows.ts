import type { Clock } from "@contrail/clock";
import type { ConfigObject } from "@contrail/schema";
import { decide, nonce, retried } from "./conditional.ts";
import { ConditionalWrites } from "./conditional-writes.ts";
import { buried, columns, history, isThere, judge, objectOf, type RowState, stateOf } from "./object-row.ts";
import { partOf } from "./parts.ts";
import { type Parameter, type Row, type Session, text } from "./session.ts";
import { CQL } from "./statements.ts";
import { Together } from "./together.ts";

/** Rows of table object: each write of one is conditional on its guard, so that of two writers one wins. */
export class ObjectRows {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #writes: ConditionalWrites;
  /** Many writers at once look at the same parent and the same targets, and at what they made. */
  readonly #states: Together<string, RowState | undefined>;
  /** At SERIAL: what has become of writes whose outcome is not known. */
  readonly #decided: Together<string, RowState | undefined>;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
    this.#writes = new ConditionalWrites(session);
    const reader = (read: (query: string, parameters: readonly Parameter[]) => Promise<readonly Row[]>) =>
      new Together<string, RowState | undefined>(async (uuids) => {
        const [first = ""] = uuids;
        const rows = await read(CQL.readStates, [partOf(first), [...new Set(uuids)]]);
        const states = new Map(rows.map((row) => [text(row, "uuid") ?? "", row]));
        return uuids.map((uuid) => {
          const row = states.get(uuid);
          return row === undefined ? undefined : stateOf(uuid, row);
        });
      });
    this.#states = reader((query, parameters) => retried(clock, "objects", () => session.execute(query, parameters)));
    this.#decided = reader((query, parameters) => session.decided(query, parameters));
  }

  async read(
    uuid: string,
  ): Promise<{ readonly state: RowState; readonly object: ConfigObject | undefined } | undefined> {
    const ask = (): Promise<readonly Row[]> => this.#session.execute(CQL.readObject, [partOf(uuid), uuid]);
    const [row] = await retried(this.#clock, `object ${uuid}`, ask);
    if (row === undefined) return undefined;
    const state = stateOf(uuid, row);
    return { state, object: isThere(state) ? objectOf(row) : undefined };
  }

  state(uuid: string): Promise<RowState | undefined> {
    return this.#states.run(partOf(uuid), uuid);
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
    const parameters = [guard, history(before), state, partOf(before.uuid), before.uuid, before.guard];
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
      await this.#change(uuid, undefined, guard, CQL.insertFence, [partOf(uuid), uuid, guard]);
    } else if (before.state === "gone") {
      const guard = nonce();
      const parameters = [guard, history(before), "gone", partOf(uuid), uuid, before.guard];
      await this.#change(uuid, before.guard, guard, CQL.markObject, parameters);
    } else await this.mark(before, "live");
  }

  #change(uuid: string, expected: string | undefined, guard: string, query: string, parameters: readonly Parameter[]) {
    return decide(this.#clock, {
      what: `object ${uuid}`,
      send: () => this.#writes.run(partOf(uuid), uuid, query, parameters),
      // An insert is answered with the whole row.
      tells: (found) => (expected === undefined ? judge(stateOf(uuid, found), expected, guard) : undefined),
      look: async () => judge(await this.#decided.run(partOf(uuid), uuid), expected, guard),
    });
  }
}
