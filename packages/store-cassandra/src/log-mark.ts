import type { Clock } from "@contrail/clock";
import { retried } from "./conditional.ts";
import { long, type Session } from "./session.ts";
import { CQL } from "./statements.ts";

/** A position that the mark has, or is about to have. */
interface Move {
  readonly position: bigint;
  readonly written: Promise<void>;
}

/**
 * How far the log has to be read by who looks for what has left the outbox: moved on before an entry goes. The log itself
 * cannot be asked for it: a broker that was held up takes itself for the leader for a moment, and tells an old end.
 */
export class LogMark {
  readonly #session: Session;
  readonly #clock: Clock;
  /** The furthest one of ours. */
  #move: Move = { position: 0n, written: Promise.resolve() };

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /** Resolves when the mark is there, or further on. */
  move(position: bigint): Promise<void> {
    const before = this.#move;
    if (position <= before.position) return before.written;
    const written = this.#write(position);
    this.#move = { position, written };
    written.catch(() => {
      if (this.#move.position === position) this.#move = before;
    });
    return written;
  }

  async read(): Promise<bigint> {
    const [row] = await retried(this.#clock, "the log's mark", () => this.#session.execute(CQL.readLogMark, []));
    return row === undefined ? 0n : long(row, "position");
  }

  async #write(position: bigint): Promise<void> {
    await retried(this.#clock, "the log's mark", () => this.#session.execute(CQL.moveLogMark, [position, position]));
  }
}
