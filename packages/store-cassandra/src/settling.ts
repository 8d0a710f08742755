import type { Intent, IntentDetail } from "./intent.ts";
import type { Intents } from "./intents.ts";
import type { Names } from "./names.ts";
import type { Numbers } from "./numbers.ts";
import { isThere, type RowState } from "./object-row.ts";
import type { References } from "./references.ts";
import type { ObjectRows } from "./rows.ts";

/** What settling works with. */
interface SettlingParts {
  readonly rows: Pick<ObjectRows, "state" | "fence">;
  readonly names: Pick<Names, "release">;
  readonly references: Pick<References, "drop">;
  readonly numbers: Pick<Numbers, "freeClaims">;
  readonly intents: Pick<Intents, "drop">;
}

/** Ends writes that were begun: what they made and the object's row does not name is taken back. All of it may be repeated. */
export class Settling {
  readonly #parts: SettlingParts;

  constructor(parts: SettlingParts) {
    this.#parts = parts;
  }

  /** What a write has replaced: nothing names it any more, and nothing will again. */
  async finish({ names, links, numbers }: Omit<IntentDetail, "basis">): Promise<void> {
    const releases = names.map((claim) => this.#parts.names.release(claim));
    await Promise.all([this.#parts.references.drop(links), this.#parts.numbers.freeClaims(numbers), ...releases]);
  }

  /** For a write that is known to have failed, by its writer. */
  async undo(intent: Intent): Promise<void> {
    await this.#takeBack(await this.#parts.rows.state(intent.uuid), intent.detail);
    await this.#parts.intents.drop(intent);
  }

  /** After the object has been written, by this write or a later one: the writer may have come no further. */
  async settle({ uuid, revision, nonce, detail }: Intent): Promise<void> {
    const state = await this.#parts.rows.state(uuid);
    if (state === undefined || state.revision < revision) return;
    await this.#takeBack(state, detail);
    // A removal that came true gives back what was its object's then; one that was made again since has claims of its own.
    // Where another write has made the revision, the object may be there with its numbers.
    if (state.guard === nonce || state.earlier.includes(nonce)) await this.#parts.numbers.freeClaims(detail.numbers);
  }

  /** For a write whose writer is gone: makes sure that it can never become true, and takes back what it made. */
  async abandon(intent: Intent): Promise<void> {
    const { uuid, revision, detail } = intent;
    const before = await this.#parts.rows.state(uuid);
    if (before !== undefined && before.revision >= revision) return; // It was written after all.
    const isPending = (before?.guard ?? "") === detail.basis || before?.state === "removing";
    if (isPending) await this.#parts.rows.fence(uuid, before);
    const after = await this.#parts.rows.state(uuid);
    if (after === undefined || after.guard === detail.basis || after.revision >= revision) return; // Next time.
    await this.#takeBack(after, detail);
    await this.#parts.intents.drop(intent);
  }

  async #takeBack(state: RowState | undefined, { names, links }: IntentDetail): Promise<void> {
    const object = isThere(state) ? state : undefined;
    const dead = {
      names: names.filter(({ claim }) => object?.nameClaim !== claim),
      links: links.filter(({ target, nonce }) => object?.links[target] !== nonce),
    };
    await this.finish({ ...dead, numbers: [] });
  }
}
