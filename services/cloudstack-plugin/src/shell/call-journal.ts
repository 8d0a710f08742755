import type { Clock } from "@contrail/clock";
import type { ContrailError } from "@contrail/errors";
import type { Counter, Gauge, Logger, Meter } from "@contrail/observability";
import { type Call, CallHistory, type Failure } from "../core/call-history.ts";
import { framesOf, problemOf, tellable } from "../core/call-problem.ts";
import { EventLog } from "../core/event-log.ts";
import type { OpenNetworks } from "../core/reconcile/open-networks.ts";
import type { RunReport } from "./run-report.ts";

/** Notes what became of each command: in the history, the events, the log and the metrics. Nothing of a payload. */
export class CallJournal {
  readonly history = new CallHistory();
  readonly events = new EventLog();
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #configSocket: string;
  readonly #calls: Counter;
  readonly #failures: Counter;
  readonly #open: Gauge;

  /** configSocket: named in what to do next. */
  constructor(clock: Clock, logger: Logger, meter: Meter, configSocket: string) {
    this.#clock = clock;
    this.#logger = logger;
    this.#configSocket = configSocket;
    this.#calls = meter.counter("contrail_cloudstack_calls_total", "commands of CloudStack, by result", [
      "command",
      "result",
    ]);
    this.#failures = meter.counter("contrail_cloudstack_failures_total", "commands that failed, by code", [
      "command",
      "code",
    ]);
    this.#open = meter.gauge("contrail_cloudstack_open_failures", "commands that failed and have not succeeded since");
    this.#open.set(0);
  }

  done(call: Call): void {
    this.#calls.add(1, { command: call.command, result: "done" });
    this.#ended(this.history.succeeded(call, this.#clock.wallMs()), "is over");
  }

  /** Notes that both sides were compared whole. open: networks that may not be as wanted, by number; seconds: up to now. */
  compared(open: OpenNetworks, seconds: number): void {
    const nowMs = this.#clock.wallMs();
    this.#ended(this.history.compared(open, nowMs - seconds * 1_000, nowMs), "is mended: the network is as wanted");
  }

  /** Notes a failure; gives the error that CloudStack may be told. */
  failed(call: Call, reason: unknown): ContrailError {
    const error = tellable(reason);
    const problem = problemOf(call, error, this.#configSocket);
    this.#calls.add(1, { command: call.command, result: "failed" });
    this.#failures.add(1, { command: call.command, code: error.code });
    const failure = this.history.failed(call, problem, this.#clock.wallMs());
    this.#open.set(this.history.open);
    this.#event("command-failed", failure, `${subjectOf(call)}: ${problem.text}`);
    this.#logger.warn("a command of CloudStack failed", {
      ...numbersOf(call),
      code: error.code,
      reason: problem.text,
      next: problem.next,
      ...(error.code === "internal" ? { frames: framesOf(reason) } : {}),
    });
    return error;
  }

  /** Notes what the reconciler has changed: one event a run, none where it had nothing to change. */
  reconciled({ settled, removed, writes }: Pick<RunReport, "settled" | "removed" | "writes">): void {
    if (settled === 0) return;
    const text = `the configuration was made as CloudStack has it: ${settled - removed} made or mended, ${removed} removed`;
    const details = { mended: settled - removed, removed, writes };
    this.events.add({ at: new Date(this.#clock.wallMs()).toISOString(), kind: "reconciled", text, details });
  }

  #ended(failures: readonly Failure[], how: string): void {
    if (failures.length === 0) return;
    this.#open.set(this.history.open);
    for (const failure of failures) this.#event("command-recovered", failure, `${subjectOf(failure)} ${how}`);
    this.#logger.info("commands of CloudStack that had failed are over", { ended: failures.length });
  }

  #event(kind: string, failure: Failure, text: string): void {
    const { code, next } = failure;
    const details = { ...numbersOf(failure), code, ...(kind === "command-failed" ? { next } : {}) };
    this.events.add({ at: new Date(this.#clock.wallMs()).toISOString(), kind, text, details });
  }
}

function numbersOf({ command, networkId, nicId }: Call): Readonly<Record<string, string>> {
  return {
    command,
    ...(networkId === undefined ? {} : { network: networkId }),
    ...(nicId === undefined ? {} : { nic: nicId }),
  };
}

/** "prepare-nic of network 208, NIC 7". */
function subjectOf({ command, networkId, nicId }: Call): string {
  const network = networkId === undefined ? "" : ` of network ${networkId}`;
  return `${command}${network}${nicId === undefined ? "" : `, NIC ${nicId}`}`;
}
