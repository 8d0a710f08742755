import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { DERIVED_LEASE } from "@contrail/store";
import { decide, nonce, retried } from "./conditional.ts";
import { long, type Parameter, type Session, text } from "./session.ts";
import { CQL } from "./statements.ts";

/** A check of the epoch is good for so long: a writer that was paused after it checks again. */
const CHECK_MS = 500;

/** Leases without dates: a lease is over when its row stood still for its time by the clock of who wants it. */
export class Leases {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #seen = new Map<string, { readonly nonce: string; readonly sinceMs: number }>();

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  async acquire(name: string, holder: string, ttlMs: number, gone?: string): Promise<bigint | undefined> {
    const [row] = await this.#read(name);
    const mark = nonce();
    const ttl = BigInt(Math.ceil(ttlMs));
    if (row === undefined) {
      return (await this.#change(name, "", mark, CQL.putLease, [holder, 1n, mark, ttl, name])) ? 1n : undefined;
    }
    const old = { holder: text(row, "holder") ?? "", epoch: long(row, "epoch"), nonce: text(row, "nonce") ?? "" };
    const isOurs = old.holder === holder;
    const isGone = gone !== undefined && old.holder.startsWith(gone);
    if (!isOurs && !isGone && !this.#isOver(name, old.nonce, Number(long(row, "ttl_ms")))) return undefined;
    const epoch = old.epoch + (isOurs ? 0n : 1n);
    const parameters = [holder, epoch, mark, ttl, name, old.nonce];
    return (await this.#change(name, old.nonce, mark, CQL.moveLease, parameters)) ? epoch : undefined;
  }

  /** Refuses a derived write under a lease that has been taken over. Gives the monotonic time of the check. */
  async checkEpoch(epoch: bigint): Promise<number> {
    const checkedMs = this.#clock.monotonicMs();
    const [row] = await this.#read(DERIVED_LEASE);
    const newest = row === undefined ? 0n : long(row, "epoch");
    if (epoch >= newest) return checkedMs;
    throw new ContrailError("store.epoch_precondition_failed", `epoch ${epoch} is over, ${newest} has begun`);
  }

  /** Checks again where the last check is not recent. */
  async checkEpochSince(checkedMs: number, epoch: bigint): Promise<void> {
    for (let lastMs = checkedMs; this.#clock.monotonicMs() - lastMs > CHECK_MS; ) lastMs = await this.checkEpoch(epoch);
  }

  #isOver(name: string, mark: string, ttlMs: number): boolean {
    const now = this.#clock.monotonicMs();
    const seen = this.#seen.get(name);
    if (seen?.nonce === mark) return now - seen.sinceMs >= ttlMs;
    this.#seen.set(name, { nonce: mark, sinceMs: now });
    return false;
  }

  #read(name: string) {
    return retried(this.#clock, `lease ${name}`, () => this.#session.execute(CQL.readLease, [name]));
  }

  #change(name: string, expected: string, mark: string, query: string, parameters: readonly Parameter[]) {
    return decide(this.#clock, {
      what: `lease ${name}`,
      send: () => this.#session.conditional(query, parameters),
      look: async () => {
        const [row] = await this.#session.decided(CQL.readLease, [name]);
        const found = row === undefined ? "" : text(row, "nonce");
        if (found === mark) return "mine";
        return found === expected ? "unchanged" : "other";
      },
    });
  }
}
