import type { CallHistory, Failure } from "./call-history.ts";

/** A failure as status shows it; times are ISO. */
export interface FailureView {
  readonly command: string;
  readonly network: string | null;
  readonly nic: string | null;
  readonly code: string;
  readonly text: string;
  readonly next: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly times: number;
  /** null: still open. */
  readonly closedAt: string | null;
}

/** Calls and failures as status shows them. */
export interface CallsView {
  readonly calls: readonly { readonly command: string; readonly done: number; readonly failed: number }[];
  readonly failures: {
    readonly open: number;
    /** Failures that had to go for younger ones. */
    readonly forgotten: number;
    /** Open ones first, in each part the last one first. */
    readonly list: readonly FailureView[];
  };
}

/** What status tells of CloudStack's commands. */
export function callsView(history: CallHistory): CallsView {
  const { failures } = history;
  const isOpen = ({ closedAtMs }: Failure): boolean => closedAtMs === undefined;
  return {
    calls: [...history.counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([command, count]) => ({ command, ...count })),
    failures: {
      open: history.open,
      forgotten: history.forgotten,
      list: [...failures.filter(isOpen), ...failures.filter((failure) => !isOpen(failure))].map(failureView),
    },
  };
}

function failureView(failure: Failure): FailureView {
  const { command, networkId, nicId, code, text, next, firstAtMs, lastAtMs, times, closedAtMs } = failure;
  return {
    command,
    network: networkId ?? null,
    nic: nicId ?? null,
    code,
    text,
    next,
    firstAt: iso(firstAtMs),
    lastAt: iso(lastAtMs),
    times,
    closedAt: closedAtMs === undefined ? null : iso(closedAtMs),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
