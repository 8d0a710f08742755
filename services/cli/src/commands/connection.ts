import { existsSync } from "node:fs";
import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import { callSocket } from "@contrail/machine";
import { VncClient } from "@contrail/vnc-client";
import { directories } from "../config.ts";
import type { SystemStatus } from "../supervisor/status.ts";

/** One call to the running system. Rejects with the next step where none runs. */
export async function callSystem(method: string, path: string, body?: unknown): Promise<unknown> {
  try {
    return await callSocket(join(directories().run, "control.sock"), method, path, body);
  } catch (reason) {
    const error = ContrailError.from(reason);
    if (error.code !== "socket.unavailable") throw error;
    throw nothingRuns();
  }
}

function nothingRuns(): ContrailError {
  return new ContrailError("cli.unavailable", "no system is running; start one by: npm start");
}

/** The state of the running system. */
export async function systemState(): Promise<SystemStatus> {
  return (await callSystem("GET", "/status")) as SystemStatus; // The supervisor's own answer.
}

/** A page of a node's introspect. */
export function introspect(node: string, page: string): Promise<unknown> {
  return callSocket(join(directories().run, `${node}-introspect.sock`), "GET", `/${page}`).catch((reason: unknown) => {
    const error = ContrailError.from(reason);
    if (!existsSync(join(directories().run, "control.sock"))) throw nothingRuns();
    throw new ContrailError(error.code, `${node} does not answer: ${error.message}; see: contrail status`);
  });
}

/** The configuration API of the running system. */
export function configurationApi(): VncClient {
  return new VncClient({ socketPath: join(directories().run, "config-rest.sock") });
}
