import { ContrailError } from "@contrail/errors";
import type { UnknownItem } from "../core/not-understood.ts";
import type { Difference, Finding } from "../core/reconcile/difference.ts";
import type { Write } from "../core/write.ts";

/** A difference that could not be settled, or an item of CloudStack's that is not understood ("skip"). */
export interface Failure extends Omit<Finding, "action" | "held"> {
  readonly action: Finding["action"] | "skip";
  readonly problem: string;
}

/** Failures that are listed; all are counted. */
const MAX_FAILURES = 100;
/** Without one of the two sides nothing more can be settled: the run ends. */
const OUT_OF_REACH = new Set(["cloudstack.unavailable", "cloudstack.unauthenticated", "vnc.unavailable", "stopped"]);

/** What one run settles: each difference for itself, a failure lets the others go on. */
export class Settling {
  readonly #write: (write: Write) => Promise<void>;
  /** The first of them. */
  readonly failures: Failure[] = [];
  failed = 0;
  settled = 0;
  /** Those of the settled ones that are gone now. */
  removed = 0;
  writes = 0;
  /** Notes that were made: they settle nothing, and are none of the writes. */
  noted = 0;
  /** What CloudStack has no more, and others still refer to: it stays. */
  inUse = 0;

  constructor(write: (write: Write) => Promise<void>) {
    this.#write = write;
  }

  /**
   * Makes a difference's writes, in their order. mayGoOn: asked between two things that are removed. Resolves with false
   * where it said no: the rest is found again.
   */
  async settle(difference: Difference, mayGoOn: () => boolean = () => true): Promise<boolean> {
    let isWhole = true;
    await this.guard(difference, async () => {
      for (const [index, write] of difference.writes.entries()) {
        await this.#write(write);
        if (difference.action === "note") this.noted++;
        else this.writes++;
        const isLast = index === difference.writes.length - 1;
        // What this removed is not found again, so each piece comes nearer to the end.
        if (isLast || difference.action !== "remove" || write.kind !== "remove" || write.unlessUsed) continue;
        isWhole = mayGoOn();
        if (!isWhole) return;
      }
      if (difference.action !== "note") this.settled++;
      if (difference.action === "remove") this.removed++;
    });
    return isWhole;
  }

  /** Removes an object that others may still use. isThere: looks whether it has stayed. */
  settleUnused(difference: Difference, isThere: (difference: Difference) => Promise<boolean>): Promise<void> {
    return this.guard(difference, async () => {
      for (const write of difference.writes) await this.#write(write);
      if (await isThere(difference)) {
        this.inUse++;
        return;
      }
      this.writes += difference.writes.length;
      this.settled++;
      this.removed++;
    });
  }

  /** Runs work for a difference, and notes how it fails. Rejects where one of the sides is out of reach. */
  async guard({ action, type, uuid, name, reason: why }: Finding, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (reason) {
      const { code, message } = ContrailError.from(reason);
      if (OUT_OF_REACH.has(code)) throw reason;
      this.#failed({ action, type, uuid, name, reason: why, problem: message });
    }
  }

  /** Notes what is left alone, because it is not understood. */
  skip({ type, uuid, name, problem }: UnknownItem): void {
    const shown = { type, uuid: uuid ?? "", name: name ?? "" };
    this.#failed({ action: "skip", ...shown, reason: "CloudStack's item is not understood", problem });
  }

  #failed(failure: Failure): void {
    this.failed++;
    if (this.failures.length < MAX_FAILURES) this.failures.push(failure);
  }
}
