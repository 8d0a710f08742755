/** Work of one kind that waits. */
export interface Backlog {
  readonly isEmpty: boolean;
  /** Works off so many units at most, or one that is larger; gives how many. */
  work(limit: number): number;
}

/**
 * Works backlogs off in slices that are bounded. Those with work have equal parts of a slice, and what one of them leaves
 * goes to the others: however much there is of one kind, no other waits behind it.
 */
export class FairShare {
  readonly #backlogs: readonly Backlog[];
  #first = 0;

  constructor(backlogs: readonly Backlog[]) {
    this.#backlogs = backlogs;
  }

  /** Works off so many units at most; true where some are left. */
  work(limit: number): boolean {
    let left = limit;
    for (;;) {
      const waiting = this.#backlogs.filter(({ isEmpty }) => !isEmpty);
      if (waiting.length === 0) return false;
      if (left <= 0) return true;
      left -= this.#round(waiting, left);
    }
  }

  /** Gives each of these its part of a limit, as far as that goes; gives how much has been done. */
  #round(waiting: readonly Backlog[], limit: number): number {
    const part = Math.ceil(limit / waiting.length);
    // Another one goes first each time: there may be fewer units than backlogs.
    const first = this.#first++ % waiting.length;
    let done = 0;
    for (const backlog of [...waiting.slice(first), ...waiting.slice(0, first)]) {
      if (done < limit) done += backlog.work(Math.min(part, limit - done));
    }
    return done;
  }
}
