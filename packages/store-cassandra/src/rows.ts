import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { ConfigObject } from "@contrail/schema";
import { decide, nonce, pages, retried } from "./conditional.ts";
import { ConditionalWrites } from "./conditional-writes.ts";
import { buried, columns, history, isThere, judge, objectOf, type RowState, stateOf } from "./object-row.ts";
import { partOf } from "./parts.ts";
import { type Parameter, type Row, type Session, text } from "./session.ts";
import { CQL } from "./statements.ts";
import { Together } from "./together.ts";

/** A row that was read, and its object where it is there. */
export interface FoundRow {
  readonly state: RowState;
  readonly object: ConfigObject | undefined;
}

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

  /** Rejects with store.unavailable where the servers cannot say what belongs together. */
  async read(uuid: string): Promise<FoundRow | undefined> {
    const parameters = [partOf(uuid), uuid];
    const ask = async (read: (query: string, parameters: readonly Parameter[]) => Promise<readonly Row[]>) =>
      (await retried(this.#clock, `object ${uuid}`, () => read(CQL.readObject, parameters)))[0];
    const row = await ask((query, given) => this.#session.execute(query, given));
    if (row === undefined) return undefined;
    // Parts of two writes: one of them is on some copies only. At SERIAL it is brought to the others first.
    const found = whole(uuid, row) ?? whole(uuid, await ask((query, given) => this.#session.decided(query, given)));
    if (found !== undefined) return found;
    throw new ContrailError("store.unavailable", `object ${uuid} is there in parts only`);
  }

  /** All objects, each once. */
  async *all(): AsyncGenerator<ConfigObject, void, undefined> {
    for await (const row of pages(this.#clock, this.#session, CQL.allObjects)) {
      const uuid = text(row, "uuid") ?? "";
      const { object } = whole(uuid, row) ?? (await this.read(uuid)) ?? {};
      if (object !== undefined) yield object;
    }
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

/** What a row says; undefined where it is parts of two writes. */
function whole(uuid: string, row: Row | undefined): FoundRow | undefined {
  if (row === undefined) return undefined;
  const state = stateOf(uuid, row);
  if (!isThere(state)) return { state, object: undefined };
  const object = objectOf(state, row);
  return object === undefined ? undefined : { state, object };
}
