import { oneLine } from "./one-line.ts";
import type { Diff, Difference, PluginEvents, PluginStatus, Reconciled, Reconciler } from "./plugin-answers.ts";

export type Rows = readonly (readonly string[])[];

/** What is wrong, each with what to do next; nothing where all is well. */
export function wrongsOf({ configuration, failures, reconciler }: PluginStatus): readonly string[] {
  const wrongs: string[] = [];
  if (!configuration.reachable) {
    const reason = configuration.reason ?? "no reason given";
    wrongs.push(`the configuration node does not answer on ${configuration.socket}: ${reason}; see: contrail status`);
  }
  if (failures.open > 0)
    wrongs.push(`commands of CloudStack that failed and have not succeeded since: ${failures.open}`);
  if (reconciler !== null) wrongs.push(...reconcilerWrongs(reconciler));
  return wrongs.map(oneLine);
}

function reconcilerWrongs({ reachable, since, problem, triedAgainSeconds, last }: Reconciler): readonly string[] {
  if (since === null) return [];
  const again = triedAgainSeconds === null ? "" : `; it is tried again in ${triedAgainSeconds} s`;
  const wrongs =
    problem === null
      ? []
      : [`${reachable ? "reconciling" : `CloudStack's API is not reached since ${since}`}: ${problem}${again}`];
  const failed = last?.failed ?? 0;
  const [first] = last?.failures ?? [];
  if (failed === 0 || first === undefined) return wrongs;
  const which = [first.type, first.name, first.uuid].filter((text) => text !== "").join(" ");
  return [
    ...wrongs,
    `not settled: ${failed}, the first of them ${which}: ${first.problem}; all: contrail cloudstack reconcile`,
  ];
}

/** One line each: the plugin's surroundings. */
export function surroundings({ startedAt, configuration, reconciler }: PluginStatus): Rows {
  const rows = [
    ["plugin", `serves since ${startedAt}`],
    ["configuration node", configuration.reachable ? "answers" : "does not answer"],
  ];
  if (reconciler === null)
    return [...rows, ["CloudStack's API", "not asked: the plugin has no keys of it (--cloudstack-keys)"]];
  const { reachable, since, last, open } = reconciler;
  const api = since === null ? "not asked yet" : `${reachable ? "answers" : "does not answer"} since ${since}`;
  rows.push(["CloudStack's API", api]);
  if (last === null) return rows;
  const { takenAt, seconds, settled, writes, waiting } = last;
  const did = `${counted(settled, "difference")} settled by ${counted(writes, "write")}`;
  return [
    ...rows,
    ["last reconciliation", `${takenAt}, ${seconds.toFixed(1)} s, ${did}`],
    ["differences left", `${open}${waits(open, waiting)}`],
  ];
}

/** What of the differences that are left only waits for the grace time: nothing is wrong with that. */
function waits(open: number, waiting: number): string {
  if (waiting === 0 || open === 0) return "";
  return waiting >= open ? " (waiting for the grace time)" : ` (${waiting} of them waiting for the grace time)`;
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

/** Events with a head; what to do next stands in status. Nothing where there is none. */
export function eventRows({ events }: PluginEvents): Rows {
  if (events.length === 0) return [];
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
      waitsSeconds === null ? "-" : `${waitsSeconds} s`,
    ]),
  ];
}

/** What a diff was taken of, and how to see what it does not list. */
export function diffSummary({ differences, found, takenAt, cloudstack, seconds }: Diff): string {
  const { networks, machines, nics } = cloudstack;
  const what = found === 0 ? "no differences" : counted(found, "difference");
  const cut = differences.length < found ? `, the first ${differences.length} are shown; all: --limit ${found}` : "";
  return `${what}${cut}; CloudStack has ${counted(networks, "network")}, ${counted(machines, "machine")}, ${counted(nics, "NIC")} (${takenAt}, ${seconds.toFixed(1)} s)`;
}

/** Items of CloudStack that are not understood, one line each, and how many more there are. */
export function unknownLines({ unknown, unknownCount }: Diff): readonly string[] {
  const lines = unknown.map(({ type, uuid, name, problem }) => {
    const which = [type, name, uuid].filter((text) => text !== undefined).join(" ");
    return `not understood: ${oneLine(which)}: ${oneLine(problem)}`;
  });
  return unknownCount > unknown.length ? [...lines, `not understood: ${unknownCount - unknown.length} more`] : lines;
}

/** What a reconciliation could not settle, with a head; nothing where it could all. */
export function unsettledRows({ failures }: Reconciled): Rows {
  if (failures.length === 0) return [];
  const rows = failures.map(({ action, type, name, uuid, problem }) => [
    action,
    type,
    oneLine(name) || "-",
    uuid || "-",
    oneLine(problem),
  ]);
  return [["ACTION", "TYPE", "NAME", "UUID", "PROBLEM"], ...rows];
}

/** What a reconciliation did. */
export function reconcileSummary(done: Reconciled): string {
  const { found, settled, writes, failed, failures, waiting, inUse, held, seconds } = done;
  const cut = failures.length < failed ? `, the first ${failures.length} are shown` : "";
  const used = inUse === 0 ? "" : `, ${inUse} still used by others`;
  const counts = `${counted(found, "difference")}, ${settled} settled by ${counted(writes, "write")}, ${failed} failed${cut}, ${waiting} waiting${used}`;
  const kept = held
    ? "\nnothing was removed: more than half of the networks or ports, or all of them, would go. Is this the right CloudStack? Look at contrail cloudstack diff; if it is, add --remove-many"
    : "";
  return `${counts} (${seconds.toFixed(1)} s)${kept}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
