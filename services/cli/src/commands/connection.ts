import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import { type CallBounds, callSocket } from "@contrail/machine";
import { connectVnc, VncClient } from "@contrail/vnc-client";
import { apiSocket, directories, remoteApi } from "../config.ts";
import type { SystemStatus } from "../supervisor/status.ts";
import { REST_PORT } from "./forward.ts";
import { noSystemText } from "./no-system.ts";

/** The supervisor asks its nodes meanwhile, for a few seconds. */
const STATE_MS = 10_000;
const PAGE_MS = 10_000;
/** A person who waits for the configuration API believes sooner that it hangs than a service does. */
const SILENCE_MS = 15_000;

/** One call to the running system. Rejects with the next step where none runs, or where it does not answer. */
export async function callSystem(
  method: string,
  path: string,
  body?: unknown,
  bounds: CallBounds = {},
): Promise<unknown> {
  try {
    return await callSocket(join(directories().run, "control.sock"), method, path, body, bounds);
  } catch (reason) {
    const error = ContrailError.from(reason);
    if (error.code === "socket.unavailable") throw nothingRuns();
    if (error.code !== "socket.timeout") throw error;
    throw new ContrailError(
      "cli.unavailable",
      `the system does not answer in ${String(error.fields.seconds)} s: its supervisor, or a node that it waits for, hangs; see: contrail status`,
    );
  }
}

function nothingRuns(more = ""): ContrailError {
  return new ContrailError("cli.unavailable", `${noSystemText(directories())}${more}`);
}

/** The state of the running system. */
export async function systemState(): Promise<SystemStatus> {
  return (await callSystem("GET", "/status", undefined, { deadlineMs: STATE_MS })) as SystemStatus; // The supervisor's own answer.
}

/** Rejects with the next step where no system runs; what a system that was killed left behind is none. more: said after it. */
export async function checkRunning(more?: string): Promise<void> {
  const socket = join(directories().run, "control.sock");
  await callSocket(socket, "GET", "/machines", undefined, { deadlineMs: STATE_MS }).catch((reason: unknown) => {
    if (ContrailError.from(reason).code === "socket.unavailable") throw nothingRuns(more);
  });
}

/** A page of a node's introspect. */
export async function introspect(node: string, page: string): Promise<unknown> {
  const path = join(directories().run, `${node}-introspect.sock`);
  try {
    return await callSocket(path, "GET", `/${page}`, undefined, { deadlineMs: PAGE_MS });
  } catch (reason) {
    const { code, message } = ContrailError.from(reason);
    if (code === "socket.bad_request") throw reason;
    await checkRunning();
    throw new ContrailError(code, `${node} does not answer: ${message}; see: contrail status`);
  }
}

/** The configuration API that the environment names, or that of the running system. */
export function configurationApi(): VncClient {
  const remote = remoteApi();
  const bounds = { idleMs: SILENCE_MS };
  if (remote !== undefined) return connectVnc(remote, bounds);
  return new VncClient({ socketPath: apiSocket(), host: "127.0.0.1", port: REST_PORT }, bounds);
}
