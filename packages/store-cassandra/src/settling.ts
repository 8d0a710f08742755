import type { Intent, IntentDetail } from "./intent.ts";
import type { Intents } from "./intents.ts";
import type { Names } from "./names.ts";
import type { Numbers } from "./numbers.ts";
import { isThere, type RowState } from "./object-row.ts";
import type { References } from "./references.ts";
import type { ObjectRows } from "./rows.ts";

/** Ends writes that were begun: what they made and the object's row does not name is taken back. All of it may be repeated. */
export class Settling {
  readonly #rows: ObjectRows;
  readonly #names: Names;
  readonly #references: References;
  readonly #numbers: Numbers;
  readonly #intents: Intents;

  constructor(parts: { rows: ObjectRows; names: Names; references: References; numbers: Numbers; intents: Intents }) {
    this.#rows = parts.rows;
    this.#names = parts.names;
    this.#references = parts.references;
    this.#numbers = parts.numbers;
    this.#intents = parts.intents;
  }

  /** What a write has replaced: nothing names it any more, and nothing will again. */
  async finish({ names, links, numbers }: Omit<IntentDetail, "basis">): Promise<void> {
    const releases = names.map((claim) => this.#names.release(claim));
    await Promise.all([this.#references.drop(links), this.#numbers.freeClaims(numbers), ...releases]);
  }

  /** For a write that is known to have failed, by its writer. */
  async undo(intent: Intent): Promise<void> {
    await this.#takeBack(await this.#rows.state(intent.uuid), intent.detail);
    await this.#intents.drop(intent);
  }

  /** After the object has been written, by this write or a later one: the writer may have come no further. */
  async settle({ uuid, revision, detail }: Intent): Promise<void> {
    const state = await this.#rows.state(uuid);
    if (state === undefined || state.revision < revision) return;
    await this.#takeBack(state, detail);
    // A removal gives back what was its object's then; one that was made again since has claims of its own.
    await this.#numbers.freeClaims(detail.numbers);
  }

  /** For a write whose writer is gone: makes sure that it can never become true, and takes back what it made. */
  async abandon(intent: Intent): Promise<void> {
    const { uuid, revision, detail } = intent;
    const before = await this.#rows.state(uuid);
    if (before !== undefined && before.revision >= revision) return; // It was written after all.
    const isPending = (before?.guard ?? "") === detail.basis || before?.state === "removing";
    if (isPending) await this.#rows.fence(uuid, before);
    const after = await this.#rows.state(uuid);
    if (after === undefined || after.guard === detail.basis || after.revision >= revision) return; // Next time.
    await this.#takeBack(after, detail);
    await this.#intents.drop(intent);
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
