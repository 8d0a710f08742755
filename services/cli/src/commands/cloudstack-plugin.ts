import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import { callSocket } from "@contrail/machine";
import type { z } from "zod";
import { diffSchema, eventsSchema, reconcileSchema, statusSchema } from "../cloudstack/plugin-answers.ts";
import {
  callRows,
  differenceRows,
  diffSummary,
  eventRows,
  failureLines,
  reconcileSummary,
  surroundings,
  unknownLines,
  unsettledRows,
  wrongsOf,
} from "../cloudstack/plugin-tables.ts";
import { directories } from "../config.ts";
import { checkRunning } from "./connection.ts";
import { paint, table } from "./report.ts";
import { whileWaiting } from "./while-waiting.ts";

/** Options of the commands that ask the plugin, as commander gives them. */
export interface PluginOptions {
  readonly socket?: string;
  readonly json: boolean;
}

const WRONG = 3;
const OF_ITS_OWN = "; for a plugin of its own: --socket <its --control-socket>";

/** `contrail cloudstack status`: what the plugin does; exit code 3 where something is wrong. */
export async function cloudStackStatus(options: PluginOptions): Promise<number> {
  const answer = await ask(options, "GET", "/status");
  const status = decoded(statusSchema, answer);
  const wrongs = wrongsOf(status);
  if (options.json) print(JSON.stringify({ healthy: wrongs.length === 0, wrongs, ...Object(answer) }));
  else {
    if (wrongs.length === 0) print(paint(process.stdout, "32", "all is well"));
    for (const wrong of wrongs) print(`${paint(process.stdout, "31", "wrong:")} ${wrong}`);
    print(`\n${table(surroundings(status))}`);
    if (status.calls.length > 0) print(table(callRows(status)));
    if (status.failures.list.length > 0) print(failureLines(status, table).trimEnd());
  }
  return wrongs.length === 0 ? 0 : WRONG;
}

/** `contrail cloudstack events`: the last events of the plugin, in their order. */
export async function cloudStackEvents(options: PluginOptions & { readonly limit: string }): Promise<number> {
  const answer = await ask(options, "GET", `/events?${new URLSearchParams({ limit: `${options.limit}` })}`);
  const events = decoded(eventsSchema, answer);
  if (options.json) print(JSON.stringify(answer));
  else if (events.events.length === 0) print("no events since the plugin's start");
  else process.stdout.write(table(eventRows(events)));
  return 0;
}

/** `contrail cloudstack diff`: CloudStack against the configuration; exit code 3 where they differ. Changes nothing. */
export async function cloudStackDiff(options: PluginOptions & { readonly limit: string }): Promise<number> {
  const answer = await askLong(options, "GET", `/diff?${new URLSearchParams({ limit: `${options.limit}` })}`);
  const diff = decoded(diffSchema, answer);
  if (options.json) print(JSON.stringify(answer));
  else {
    if (diff.differences.length > 0) process.stdout.write(table(differenceRows(diff.differences)));
    for (const line of unknownLines(diff)) print(line);
    print(diffSummary(diff));
  }
  return diff.found + diff.unknownCount === 0 ? 0 : WRONG;
}

/** Options of `cloudstack reconcile`. */
interface ReconcileOptions extends PluginOptions {
  readonly withoutGrace: boolean;
  readonly removeMany: boolean;
  readonly otherCloud: boolean;
}

/** `contrail cloudstack reconcile`: settles what diff shows; exit code 3 where something could not be settled. */
export async function cloudStackReconcile(options: ReconcileOptions): Promise<number> {
  const { withoutGrace, removeMany, otherCloud, json } = options;
  const answer = await askLong(options, "POST", "/reconcile", { withoutGrace, removeMany, otherCloud });
  const done = decoded(reconcileSchema, answer);
  if (json) print(JSON.stringify(answer));
  else {
    const rows = unsettledRows(done);
    if (rows.length > 0) process.stdout.write(table(rows));
    print(reconcileSummary(done));
  }
  return done.failed === 0 && !done.held ? 0 : WRONG;
}

/** A plugin that hangs is known by its status; milliseconds. */
const STATUS_MS = 10_000;
/** A comparison of a large cloud takes minutes, and settling it longer. */
const LONG_MS = 60 * 60_000;

/** Asks for what a comparison has to be made for; says on stderr that it is waited for. */
async function askLong(options: PluginOptions, method: string, path: string, body?: unknown): Promise<unknown> {
  await ask(options, "GET", "/status");
  return whileWaiting("the plugin's comparison", ask(options, method, path, body, LONG_MS));
}

async function ask(
  { socket }: PluginOptions,
  method: string,
  path: string,
  body?: unknown,
  deadlineMs = STATUS_MS,
): Promise<unknown> {
  const where = socket ?? join(directories().run, "cloudstack-plugin-control.sock");
  try {
    return await callSocket(where, method, path, body, { deadlineMs });
  } catch (reason) {
    const error = ContrailError.from(reason);
    if (error.code === "socket.bad_request") throw error;
    if (socket === undefined) await checkRunning(OF_ITS_OWN);
    const next = socket === undefined ? "see: contrail status" : "is it started? Another socket: --socket";
    throw new ContrailError("cli.unavailable", `the CloudStack plugin does not answer (${error.message}); ${next}`);
  }
}

function decoded<S extends z.ZodType>(schema: S, answer: unknown): z.infer<S> {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  const [issue] = error.issues;
  throw new ContrailError(
    "cli.unsupported",
    `the plugin answers in a form of another version: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
