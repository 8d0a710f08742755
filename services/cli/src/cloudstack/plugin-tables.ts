import { oneLine } from "./one-line.ts";
import type { Diff, Difference, PluginEvents, PluginStatus, Reconciled } from "./plugin-answers.ts";

export type Rows = readonly (readonly string[])[];

/** What is wrong, each with what to do next; nothing where all is well. */
export function wrongsOf({ configuration, failures, reconciler }: PluginStatus): readonly string[] {
  const wrongs: string[] = [];
  if (configuration !== undefined && !configuration.reachable) {
    wrongs.push(
      `the configuration node does not answer on ${configuration.socket}: ${configuration.reason ?? "no reason"}; see: contrail status`,
    );
  }
  const { cloudstack, last } = reconciler ?? {};
  if (cloudstack != null && !cloudstack.reachable) {
    const since = cloudstack.since == null ? "" : ` since ${cloudstack.since}`;
    wrongs.push(
      `CloudStack's API is not reached${since}: ${cloudstack.reason ?? "no reason"}; names and owners are mended when it is`,
    );
  }
  if (last?.error != null) wrongs.push(`the last reconciliation failed: ${last.error}`);
  if (failures.open > 0)
    wrongs.push(`commands of CloudStack that failed and have not succeeded since: ${failures.open}`);
  return wrongs.map(oneLine);
}

/** One line each: the plugin's surroundings. */
export function surroundings({ startedAt, configuration, reconciler }: PluginStatus): Rows {
  const { cloudstack, last, differences } = reconciler ?? {};
  const rows = [
    ["plugin", startedAt === undefined ? "serves" : `serves since ${startedAt}`],
    ["configuration node", configuration === undefined ? "unknown" : answers(configuration)],
    ["CloudStack's API", cloudstack == null ? "not asked: the reconciler is off" : answers(cloudstack)],
  ];
  if (last != null) {
    const seconds = last.seconds === undefined ? "" : `, ${last.seconds.toFixed(1)} s`;
    rows.push(["last reconciliation", `${last.at}${seconds}`]);
  }
  if (differences !== undefined) rows.push(["open differences", String(differences)]);
  return rows;
}

function answers({
  reachable,
  since,
}: {
  readonly reachable: boolean;
  readonly since?: string | null | undefined;
}): string {
  return `${reachable ? "answers" : "does not answer"}${since == null ? "" : ` since ${since}`}`;
}

/** Calls by command, with a head. */
export function callRows({ calls }: PluginStatus): Rows {
  return [
    ["COMMAND", "DONE", "FAILED"],
    ...calls.map(({ command, done, failed }) => [command, `${done}`, `${failed}`]),
  ];
}

/** Failures: one row each, with a head, and below it what to do next. */
export function failureLines({ failures }: PluginStatus, table: (rows: Rows) => string): string {
  const rows = failures.list.map(({ lastAt, command, network, nic, code, times, closedAt }) => [
    lastAt,
    command,
    network ?? "-",
    nic ?? "-",
    code,
    `${times}`,
    closedAt === null ? "open" : `over ${closedAt}`,
  ]);
  const [head = "", ...lines] = table([["LAST", "COMMAND", "NETWORK", "NIC", "CODE", "TIMES", "STATE"], ...rows])
    .trimEnd()
    .split("\n");
  const whole = failures.list.flatMap(({ text, next, closedAt }, index) => [
    lines[index] ?? "",
    `  ${oneLine(text)}`,
    ...(closedAt === null ? [`  next: ${oneLine(next)}`] : []),
  ]);
  const forgotten = failures.forgotten === 0 ? [] : [`${failures.forgotten} older ones are forgotten`];
  return `${[head, ...whole, ...forgotten].join("\n")}\n`;
}

/** Events with a head; what to do next stands in status. */
export function eventRows({ events }: PluginEvents): Rows {
  return [["TIME", "KIND", "WHAT"], ...events.map(({ at, kind, text }) => [at, kind, oneLine(text)])];
}

/** Differences with a head, in the order in which they came. */
export function differenceRows(differences: readonly Difference[]): Rows {
  return [
    ["ACTION", "TYPE", "NAME", "UUID", "NETWORK", "REASON", "WAITS"],
    ...differences.map(({ action, type, name, uuid, network, reason, waitsSeconds }) => [
      action,
      type,
      oneLine(name) || "-",
      uuid,
      oneLine(network ?? "-"),
      oneLine(reason),
      waitsSeconds == null ? "-" : `${waitsSeconds} s`,
    ]),
  ];
}

/** What a diff was taken of. */
export function diffSummary({ differences, takenAt, cloudstack, seconds }: Diff): string {
  const { networks, machines, nics } = cloudstack;
  const what = differences.length === 0 ? "no differences" : `${differences.length} differences`;
  return `${what}; CloudStack has ${networks} networks, ${machines} machines, ${nics} NICs (${takenAt}, ${seconds.toFixed(1)} s)`;
}

/** What a reconciliation did, with a head; nothing where there was nothing to do. */
export function reconciledRows({ applied, failed, left }: Reconciled): Rows {
  const row = (outcome: string, { action, type, name, uuid, reason }: Difference): readonly string[] => [
    outcome,
    action,
    type,
    oneLine(name) || "-",
    uuid,
    oneLine(reason),
  ];
  const rows = [
    ...applied.map((each) => row("done", each)),
    ...failed.map((each) => row("failed", { ...each, reason: each.error })),
    ...left.map((each) => row("left", each)),
  ];
  return rows.length === 0 ? [] : [["OUTCOME", "ACTION", "TYPE", "NAME", "UUID", "REASON"], ...rows];
}
