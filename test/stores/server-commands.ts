import { runContrail } from "@contrail/testkit/contrail";

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

/**
 * Three of a kind, or of both, in a directory, which `where` names with its ports: started where they do not run.
 * before: as runContrail() takes it.
 */
export async function startServers(
  kind: ServerKind | "all",
  where: readonly string[],
  before: readonly string[] = [],
): Promise<Servers> {
  const only = kind === "all" ? [] : [`--${kind}-only`];
  const args = ["infra", "up", "--nodes", "3", ...only, ...where, "--json"];
  const { code, stdout, stderr } = await runContrail(args, undefined, before);
  if (code !== 0) throw new Error(`contrail ${args.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Servers; // As contrail infra prints it.
}
