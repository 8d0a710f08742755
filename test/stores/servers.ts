import { runContrail } from "@contrail/testkit/contrail";
import { inject } from "vitest";
import { INFRA_DIRECTORY, RUNNING_DIRECTORY } from "./config.ts";

export type ServerKind = "cassandra" | "kafka";

/** A server as `contrail infra` tells of it. */
export interface RunningServer {
  readonly name: string;
  readonly kind: ServerKind;
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  readonly serving: boolean;
}

/** What `contrail infra up --json` prints. */
export interface Servers {
  readonly cassandraContactPoints: string;
  readonly kafkaBrokers: string;
  readonly servers: readonly RunningServer[];
}

/** Time that three servers of a kind may take to start on a busy machine. */
export const START_MS = 300_000;

/** Three of a kind: started where they do not run, left alone where they do. They run until all test files are done. */
export async function upServers(kind: ServerKind): Promise<Servers> {
  const ports = Object.entries(inject("serverPorts")).flatMap(([flag, port]) => [`--${flag}`, String(port)]);
  const where = RUNNING_DIRECTORY === undefined ? ["--dir", INFRA_DIRECTORY, ...ports] : ["--dir", RUNNING_DIRECTORY];
  const args = ["infra", "up", "--nodes", "3", `--${kind}-only`, ...where, "--json"];
  const { code, stdout, stderr } = await runContrail(args);
  if (code !== 0) throw new Error(`contrail ${args.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Servers;
}
