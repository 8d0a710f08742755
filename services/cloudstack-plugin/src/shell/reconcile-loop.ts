import type { Clock, Timer } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger, Meter } from "@contrail/observability";
import type { Reconciler, RunOptions } from "./reconciler.ts";
import type { RunReport } from "./run-report.ts";

/** CloudStack lists everything for a comparison: after one it is left alone this many times as long as that took. */
const REST = 4;

/** How often a loop runs; milliseconds. */
export interface LoopTimes {
  /** Between the end of a run and the next one. */
  readonly everyMs: number;
  /** After a wake, so that several of them make one run. */
  readonly afterWakeMs: number;
  /** After the first run that failed; twice as long after each further one, up to everyMs. */
  readonly retryMs: number;
}

/** The reconciler's part of `contrail cloudstack status`. */
export interface LoopStatus {
  readonly reachable: boolean;
  /** Since when that is so. */
  readonly since: string | null;
  /** Why the last run failed, and what to do; null where it did not. */
  readonly problem: string | null;
  /** Until the run that tries again what has failed, in seconds; null where nothing has, or while it runs. */
  readonly triedAgainSeconds: number | null;
  readonly last: Omit<RunReport, "differences" | "unknown"> | null;
  readonly open: number;
}

/** Runs the reconciler for ever: by time, and sooner when woken. */
export class ReconcileLoop {
  readonly #reconciler: Pick<Reconciler, "run" | "stop">;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #times: LoopTimes;
  readonly #runs: { readonly ok: () => void; readonly failed: () => void };
  #timer: Timer | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #running = false;
  #stopped = false;
  #failures = 0;
  #status: Omit<LoopStatus, "triedAgainSeconds"> = {
    reachable: false,
    since: null,
    problem: "not asked yet",
    last: null,
    open: 0,
  };

  constructor(
    reconciler: Pick<Reconciler, "run" | "stop">,
    clock: Clock,
    logger: Logger,
    meter: Meter,
    times: LoopTimes,
  ) {
    this.#reconciler = reconciler;
    this.#clock = clock;
    this.#logger = logger;
    this.#times = times;
    const runs = meter.counter("contrail_cloudstack_reconcile_runs_total", "runs of the reconciler", ["result"]);
    this.#runs = { ok: () => runs.add(1, { result: "done" }), failed: () => runs.add(1, { result: "failed" }) };
  }

  get status(): LoopStatus {
    const waits = this.#failures > 0 && !this.#running && !this.#stopped;
    const leftMs = Math.max(0, this.#dueMs - this.#clock.monotonicMs());
    return { ...this.#status, triedAgainSeconds: waits ? Math.ceil(leftMs / 1_000) : null };
  }

  start(): void {
    this.#schedule(0);
  }

  /** Makes the next run come soon. */
  wake(): void {
    this.#schedule(this.#times.afterWakeMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#reconciler.stop();
  }

  /** The earliest of all that was asked for, after a rest. While a run is under way, the next one waits for its end. */
  #schedule(delayMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    const dueMs = Math.max(nowMs + delayMs, this.#restUntilMs);
    if (this.#stopped || dueMs >= this.#dueMs) return;
    this.#dueMs = dueMs;
    this.#timer?.cancel();
    if (!this.#running) this.#timer = this.#clock.setTimer(dueMs - nowMs, () => void this.#run());
  }

  /** A run that a person asked for: it is the last one then, as those of the loop are. Rejects as the reconciler does. */
  async runNow(options: RunOptions): Promise<RunReport> {
    const report = await this.#reconciler.run(options);
    this.#succeeded(report);
    return report;
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#dueMs = Number.POSITIVE_INFINITY;
    try {
      this.#succeeded(await this.#reconciler.run({ withoutGrace: false, removeMany: false, otherCloud: false }));
    } catch (reason) {
      if (!this.#stopped) this.#failed(ContrailError.from(reason));
    }
    this.#running = false;
    const { everyMs, retryMs } = this.#times;
    const nextMs = this.#failures === 0 ? everyMs : Math.min(everyMs, retryMs * 2 ** (this.#failures - 1));
    const askedMs = Math.max(0, this.#dueMs - this.#clock.monotonicMs());
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#schedule(Math.min(nextMs, askedMs));
  }

  #succeeded({ differences: _, unknown: __, ...last }: RunReport): void {
    this.#failures = 0;
    this.#runs.ok();
    const restMs = Math.min(this.#times.everyMs, last.seconds * 1_000 * REST);
    this.#restUntilMs = this.#clock.monotonicMs() + restMs;
    const problem = last.held
      ? "more than half of the networks or ports, or all of them, would be removed: is this the right CloudStack? Look at contrail cloudstack diff, then contrail cloudstack reconcile --remove-many"
      : null;
    const open = last.found - last.settled;
    this.#status = { reachable: true, since: this.#since(true), problem, last, open: Math.max(0, open) };
    if (last.writes > 0 || last.failed > 0 || last.held) {
      const { writes, settled, failed, held, seconds } = last;
      this.#logger.info("reconciled with CloudStack", { writes, settled, failed, held, seconds });
    }
  }

  #failed({ code, message }: ContrailError): void {
    this.#failures++;
    this.#runs.failed();
    const reachable = !code.startsWith("cloudstack.unavailable");
    if (this.#status.problem !== message)
      this.#logger.warn("cannot reconcile with CloudStack", { code, reason: message });
    this.#status = { ...this.#status, reachable, since: this.#since(reachable), problem: message };
  }

  #since(reachable: boolean): string {
    const now = new Date(this.#clock.wallMs()).toISOString();
    return this.#status.reachable === reachable ? (this.#status.since ?? now) : now;
  }
}
