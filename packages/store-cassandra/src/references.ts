import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { ConfigObject } from "@contrail/schema";
import { pages, pause } from "./conditional.ts";
import { isThere } from "./object-row.ts";
import { type PlainWrites, plainWrites } from "./plain-writes.ts";
import type { ObjectRows } from "./rows.ts";
import { type Session, text } from "./session.ts";
import { CQL } from "./statements.ts";

/** A row of table referrer: source refers to target, if the row of source says so. */
export interface Link {
  readonly target: string;
  readonly source: string;
  readonly nonce: string;
}

/** How long a writer waits for a removal of what it refers to, before it stops that removal. */
const REMOVAL_WAIT_MS = 1_000;
const REMOVAL_POLL_MS = 10;
/** Users of an object that a refusal names. */
const MAX_NAMED = 100;

/**
 * Who refers to whom. A writer puts its rows first and then looks at the targets; a removal marks its object first and then
 * looks at these rows: one of the two sees the other, wherever they run. A row proves nothing by itself.
 */
export class References {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #rows: ObjectRows;
  /** By target: its rows are one partition, and many objects are made at once that refer to it. */
  readonly #puts: PlainWrites;
  readonly #drops: PlainWrites;

  constructor(session: Session, clock: Clock, rows: ObjectRows) {
    this.#session = session;
    this.#clock = clock;
    this.#rows = rows;
    this.#puts = plainWrites(session, clock, "references", CQL.putReferrer);
    this.#drops = plainWrites(session, clock, "references", CQL.dropReferrer);
  }

  async put(links: readonly Link[]): Promise<void> {
    await each(links, this.#puts);
  }

  async drop(links: readonly Link[]): Promise<void> {
    await each(links, this.#drops);
  }

  /** Rejects with store.reference_bad_request where one of them is not there, or is being removed. */
  async requireTargets(targets: readonly string[]): Promise<void> {
    await Promise.all(targets.map((target) => this.#requireTarget(target)));
  }

  /**
   * Rejects with store.children_conflict or store.referred_conflict where somebody refers to an object, but for some.
   * fence: a writer that may be about to refer to it is made to fail, so that the answer holds until the object's mark is
   * taken away.
   */
  async refuseReferrers(
    target: string,
    { besides, fence }: { readonly besides: ReadonlySet<string>; readonly fence: boolean },
  ): Promise<void> {
    const children: string[] = [];
    const referrers: string[] = [];
    for (const link of await this.#of(target)) {
      const source = await this.#verified(link, fence);
      if (source !== undefined && !besides.has(source.uuid))
        (source.parentUuid === target ? children : referrers).push(source.uuid);
      if (children.length + referrers.length >= MAX_NAMED) break;
    }
    refuse("store.children_conflict", children);
    refuse("store.referred_conflict", referrers);
  }

  /** The object at the other end of a row, if the row is true. */
  async #verified(link: Link, fence: boolean): Promise<ConfigObject | undefined> {
    const found = await this.#rows.read(link.source);
    if (found?.object !== undefined && found.state.links[link.target] === link.nonce) return found.object;
    if (!fence) return undefined;
    await this.#rows.fence(link.source, found?.state);
    const after = await this.#rows.read(link.source);
    if (after?.object !== undefined && after.state.links[link.target] === link.nonce) return after.object;
    // Whoever put the row has failed, or will: it is not used again.
    if (after?.state.guard !== found?.state.guard) await this.drop([link]);
    return undefined;
  }

  async #requireTarget(target: string): Promise<void> {
    const deadline = this.#clock.monotonicMs() + REMOVAL_WAIT_MS;
    for (;;) {
      const state = await this.#rows.state(target);
      if (!isThere(state)) {
        const fields = { uuid: target };
        throw new ContrailError("store.reference_bad_request", `${target} does not exist`, { fields });
      }
      if (state.state === "live") return;
      // The removal has ended without a word: it is stopped, and fails should it go on.
      if (this.#clock.monotonicMs() >= deadline) await this.#rows.mark(state, "live");
      else await pause(this.#clock, REMOVAL_POLL_MS);
    }
  }

  async #of(target: string): Promise<readonly Link[]> {
    const links: Link[] = [];
    for await (const row of pages(this.#clock, this.#session, CQL.readReferrers, [target])) {
      links.push({ target, source: text(row, "source") ?? "", nonce: text(row, "nonce") ?? "" });
    }
    return links;
  }
}

async function each(links: readonly Link[], writes: PlainWrites): Promise<void> {
  await Promise.all(links.map(({ target, source, nonce }) => writes.run(target, [target, source, nonce])));
}

function refuse(code: string, uuids: readonly string[]): void {
  if (uuids.length === 0) return;
  throw new ContrailError(code, `still in use by ${uuids.join(", ")}`, { fields: { uuids } });
}
