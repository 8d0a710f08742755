import type { Clock } from "@contrail/clock";
import { decide, pause, retried } from "./conditional.ts";
import { ConditionalWrites } from "./conditional-writes.ts";
import { isThere } from "./object-row.ts";
import type { ObjectRows } from "./rows.ts";
import { type Parameter, type Row, type Session, text } from "./session.ts";
import { CQL } from "./statements.ts";
import { Together } from "./together.ts";

/** A name, and the nonce under which it was claimed. */
export interface NameClaim {
  readonly type: string;
  readonly fqName: readonly string[];
  readonly claim: string;
}

/** A claim as it is made: the object's guard is the one on which the write that follows depends. */
export interface NewClaim extends NameClaim {
  readonly uuid: string;
  /** "" where there is no row yet. */
  readonly basis: string;
}

/** Whether a claim was made; blocked: by an earlier claim for the same uuid that may still become true. */
export type Claimed =
  | { readonly kind: "claimed" }
  | { readonly kind: "taken"; readonly uuid: string }
  | { readonly kind: "blocked" };

interface Holder {
  readonly kind: "true" | "pending" | "dead";
  readonly uuid: string;
  readonly claim: string;
}

/** More takers of one dead claim than this are not expected; the next one is told that the name is taken. */
const MAX_TAKES = 5;
/** How long a claim of somebody else may wait for its object. Then its writer is made to fail: it may be gone. */
const PENDING_MS = 500;
const PENDING_POLL_MS = 20;

/**
 * Names of objects, those of a type below one parent in a partition. A claim is true while its uuid's row says so (name_claim); one whose basis is no more the row's guard
 * and which the row does not name is dead, whoever left it: it is taken over.
 */
export class Names {
  readonly #clock: Clock;
  readonly #rows: ObjectRows;
  readonly #writes: ConditionalWrites;
  /** Many who want one name look again and again at who has it. */
  readonly #holders: Together<NameKey, Row | undefined>;
  /** At SERIAL: what has become of claims whose outcome is not known. */
  readonly #decided: Together<NameKey, Row | undefined>;

  constructor(session: Session, clock: Clock, rows: ObjectRows) {
    this.#clock = clock;
    this.#rows = rows;
    this.#writes = new ConditionalWrites(session);
    const reader = (read: (query: string, parameters: readonly Parameter[]) => Promise<readonly Row[]>) =>
      new Together<NameKey, Row | undefined>(async (keys) => {
        const [[type, above] = ["", ""]] = keys;
        const rows = await read(CQL.readNames, [type, above, [...new Set(keys.map(([, , name]) => name))]]);
        const found = new Map(rows.map((row) => [text(row, "name"), row]));
        return keys.map(([, , name]) => found.get(name));
      });
    this.#holders = reader((query, parameters) => retried(clock, "names", () => session.execute(query, parameters)));
    this.#decided = reader((query, parameters) => session.decided(query, parameters));
  }

  /** The uuid of the object that has a name. */
  async find(type: string, fqName: readonly string[]): Promise<string | undefined> {
    const row = await this.#holder({ type, fqName, claim: "" });
    const uuid = row === undefined ? undefined : text(row, "uuid");
    if (row === undefined || uuid === undefined) return undefined;
    const state = await this.#rows.state(uuid);
    return isThere(state) && state.nameClaim === text(row, "claim") ? uuid : undefined;
  }

  async claim(wanted: NewClaim): Promise<Claimed> {
    const { type, fqName, uuid, claim, basis } = wanted;
    const key = keyOf(type, fqName);
    if (await this.#decide(wanted, CQL.claimName, [...key, uuid, claim, basis])) return { kind: "claimed" };
    for (let take = 1; ; take++) {
      const holder = await this.#settled(wanted);
      if (holder === undefined) return this.claim(wanted);
      if (holder.kind === "pending") return { kind: "blocked" };
      if (holder.kind === "true" || take === MAX_TAKES) return { kind: "taken", uuid: holder.uuid };
      if (await this.#decide(wanted, CQL.takeName, [uuid, claim, basis, ...key, holder.claim]))
        return { kind: "claimed" };
    }
  }

  /**
   * Who has a name, once that is settled: a claim whose object may still be written is waited for, and then its writer is
   * made to fail. pending: one for the uuid that asks, which has to deal with it. undefined: the name is free.
   */
  async #settled(wanted: NewClaim): Promise<Holder | undefined> {
    const deadline = this.#clock.monotonicMs() + PENDING_MS;
    for (;;) {
      const row = await this.#holder(wanted);
      if (row === undefined) return undefined;
      const uuid = text(row, "uuid") ?? "";
      const claim = text(row, "claim") ?? "";
      const state = await this.#rows.state(uuid);
      if (isThere(state) && state.nameClaim === claim) return { kind: "true", uuid, claim };
      if ((state?.guard ?? "") !== (text(row, "basis") ?? "")) return { kind: "dead", uuid, claim };
      if (uuid === wanted.uuid) return { kind: "pending", uuid, claim };
      if (this.#clock.monotonicMs() >= deadline) await this.#rows.fence(uuid, state);
      else await pause(this.#clock, PENDING_POLL_MS);
    }
  }

  /** Gives up a claim; one that is not there any more is no error. */
  async release({ type, fqName, claim }: NameClaim): Promise<void> {
    const key = keyOf(type, fqName);
    await decide(this.#clock, {
      what: `the name ${fqName.join(":")}`,
      send: () => this.#writes.run(partitionOf(key), key[2], CQL.releaseName, [...key, claim]),
      tells: () => "mine",
      look: async () => {
        const row = await this.#decided.run(partitionOf(key), key);
        return row !== undefined && text(row, "claim") === claim ? "unchanged" : "mine";
      },
    });
  }

  #decide({ type, fqName, claim }: NameClaim, query: string, parameters: readonly string[]): Promise<boolean> {
    const key = keyOf(type, fqName);
    return decide(this.#clock, {
      what: `the name ${fqName.join(":")}`,
      send: () => this.#writes.run(partitionOf(key), key[2], query, parameters),
      tells: (found) => (text(found, "claim") === claim ? "mine" : "other"),
      look: async () => {
        const row = await this.#decided.run(partitionOf(key), key);
        if (row === undefined) return "unchanged";
        return text(row, "claim") === claim ? "mine" : "other";
      },
    });
  }

  #holder({ type, fqName }: NameClaim): Promise<Row | undefined> {
    const key = keyOf(type, fqName);
    return this.#holders.run(partitionOf(key), key);
  }
}

/** The key of a row of table name: type, the names above as JSON, and the last one. */
type NameKey = readonly [type: string, above: string, name: string];

function keyOf(type: string, fqName: readonly string[]): NameKey {
  return [type, JSON.stringify(fqName.slice(0, -1)), fqName.at(-1) ?? ""];
}

function partitionOf([type, above]: NameKey): string {
  return `${type} ${above}`;
}
