import { inject } from "vitest";
import { INFRA_DIRECTORY, RUNNING_DIRECTORY } from "./config.ts";
import { type ServerKind, type Servers, startServers } from "./server-commands.ts";
import { portFlags } from "./server-ports.ts";

export type { RunningServer, ServerKind, Servers } from "./server-commands.ts";

/** Time that three servers of a kind may take to start on a busy machine. */
export const START_MS = 300_000;

/** Three of a kind, or of both: started where they do not run, left alone where they do. They run until all test files are done. */
export function upServers(kind: ServerKind | "all"): Promise<Servers> {
  const ours = ["--dir", INFRA_DIRECTORY, ...portFlags(inject("serverPorts"))];
  return startServers(kind, RUNNING_DIRECTORY === undefined ? ours : ["--dir", RUNNING_DIRECTORY]);
}
