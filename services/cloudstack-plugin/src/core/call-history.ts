import type { OpenNetworks } from "./reconcile/open-networks.ts";

/** One command that came: what it was about, as far as it told. */
export interface Call {
  readonly command: string;
  /** Numbers of CloudStack's database; undefined where the payload names none. */
  readonly networkId: string | undefined;
  readonly nicId: string | undefined;
}

/** Why a command failed, in words that hold nothing of the payload. */
export interface Problem {
  readonly code: string;
  readonly text: string;
  /** What a person does next. */
  readonly next: string;
}

/** The failures of one command on one network and NIC; the texts are the last one's. Times in ms since 1970. */
export interface Failure extends Call, Problem {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly times: number;
  /** When it was over; undefined while it is open. */
  readonly closedAtMs: number | undefined;
}

/** Calls of one command since the start. */
export interface CallCount {
  readonly done: number;
  readonly failed: number;
}

/** Failures that are remembered; above that the oldest closed one is forgotten, else the oldest. */
const MAX_FAILURES = 500;

/**
 * What became of CloudStack's commands. A failure is open until the same command of the same network (and NIC) has
 * succeeded, what it was about is gone, or the reconciler has found nothing that differs.
 */
export class CallHistory {
  readonly #max: number;
  /** By command, network and NIC; in the order of the last failure. */
  readonly #failures = new Map<string, Failure>();
  readonly #counts = new Map<string, CallCount>();
  #forgotten = 0;

  constructor(max = MAX_FAILURES) {
    this.#max = max;
  }

  /** Notes a failure; gives it with those of the same kind before it. */
  failed(call: Call, problem: Problem, atMs: number): Failure {
    this.#count(call.command, { done: 0, failed: 1 });
    const key = keyOf(call);
    const before = this.#failures.get(key);
    const again = before !== undefined && before.closedAtMs === undefined ? before : undefined;
    const failure: Failure = {
      ...call,
      ...problem,
      firstAtMs: again?.firstAtMs ?? atMs,
      lastAtMs: atMs,
      times: (again?.times ?? 0) + 1,
      closedAtMs: undefined,
    };
    this.#failures.delete(key);
    this.#failures.set(key, failure);
    this.#bound();
    return failure;
  }

  /** Notes a success; gives the failures that it ended. */
  succeeded(call: Call, atMs: number): readonly Failure[] {
    this.#count(call.command, { done: 1, failed: 0 });
    return this.#close(atMs, (failure) => ends(call, failure));
  }

  /**
   * Notes that both sides were compared, from a time on: where a network does not differ, the effect of what had failed
   * before is there, or is not wanted any more. Gives the failures that it ended.
   */
  compared(differing: OpenNetworks, sinceMs: number, atMs: number): readonly Failure[] {
    return this.#close(atMs, ({ code, networkId, lastAtMs }) => {
      // Nothing but the offering mends what is not supported.
      if (code === "cloudstack.unsupported" || networkId === undefined) return false;
      return lastAtMs < sinceMs && !differing.has(networkId);
    });
  }

  /** The last one first. */
  get failures(): readonly Failure[] {
    return [...this.#failures.values()].reverse();
  }

  get open(): number {
    return this.failures.filter(({ closedAtMs }) => closedAtMs === undefined).length;
  }

  /** Failures that had to go for others. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** By command. */
  get counts(): ReadonlyMap<string, CallCount> {
    return this.#counts;
  }

  #close(atMs: number, isOver: (failure: Failure) => boolean): readonly Failure[] {
    const ended = [...this.#failures].filter(([, failure]) => failure.closedAtMs === undefined && isOver(failure));
    return ended.map(([key, failure]) => {
      const closed = { ...failure, closedAtMs: atMs };
      this.#failures.set(key, closed);
      return closed;
    });
  }

  #count(command: string, { done, failed }: CallCount): void {
    const before = this.#counts.get(command) ?? { done: 0, failed: 0 };
    this.#counts.set(command, { done: before.done + done, failed: before.failed + failed });
  }

  #bound(): void {
    if (this.#failures.size <= this.#max) return;
    const all = [...this.#failures];
    const [oldest] = all.find(([, { closedAtMs }]) => closedAtMs !== undefined) ?? all[0] ?? [];
    if (oldest === undefined) return;
    this.#failures.delete(oldest);
    this.#forgotten++;
  }
}

function keyOf({ command, networkId, nicId }: Call): string {
  return `${command} ${networkId ?? ""} ${nicId ?? ""}`;
}

/** What is destroyed has no failures any more, whichever command they were of. */
function ends(success: Call, failure: Failure): boolean {
  if (success.command === "destroy-network") return success.networkId === failure.networkId;
  const sameNetwork = failure.networkId === undefined || success.networkId === failure.networkId;
  const sameNic = failure.nicId === undefined || success.nicId === failure.nicId;
  if (success.command === "remove-dhcp-entry" && success.nicId !== undefined && failure.nicId !== undefined)
    return sameNetwork && sameNic;
  return success.command === failure.command && sameNetwork && sameNic;
}
