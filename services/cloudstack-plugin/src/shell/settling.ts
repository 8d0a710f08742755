import { ContrailError } from "@contrail/errors";
import type { Difference, Finding } from "../core/reconcile/difference.ts";
import type { Write } from "../core/write.ts";

/** A difference that could not be settled. */
export interface Failure extends Finding {
  readonly problem: string;
}

const MAX_FAILURES = 100;
/** Without one of the two sides nothing more can be settled: the run ends. */
const OUT_OF_REACH = new Set(["cloudstack.unavailable", "cloudstack.unauthenticated", "vnc.unavailable", "stopped"]);

/** What one run settles: each difference for itself, a failure lets the others go on. */
export class Settling {
  readonly #write: (write: Write) => Promise<void>;
  readonly failures: Failure[] = [];
  settled = 0;
  writes = 0;

  constructor(write: (write: Write) => Promise<void>) {
    this.#write = write;
  }

  /** Makes a difference's writes, in their order. */
  settle(difference: Difference): Promise<void> {
    return this.guard(difference, async () => {
      for (const write of difference.writes) {
        await this.#write(write);
        this.writes++;
      }
      this.settled++;
    });
  }

  /** Runs work for a difference, and notes how it fails. Rejects where one of the sides is out of reach. */
  async guard(finding: Finding, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (reason) {
      const { code, message } = ContrailError.from(reason);
      if (OUT_OF_REACH.has(code)) throw reason;
      const { action, type, uuid, name, reason: why } = finding;
      if (this.failures.length < MAX_FAILURES) {
        this.failures.push({ action, type, uuid, name, reason: why, problem: message });
      }
    }
  }
}
