import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import { type Command, Option } from "commander";
import { directories } from "../config.ts";
import { ensureUser } from "../infra/first-user.ts";
import { bringDown, bringUp, lookAt, type ServerStatus } from "../infra/infra.ts";
import { readWishes } from "../infra/layout.ts";
import { fetchServers } from "../supervisor/server-plan.ts";
import { progress, table } from "./report.ts";

/** Exit code of a status that is not as it should be, as that of `contrail status`. */
const NOT_WELL = 3;

/** Adds `contrail infra up|status|down`: real Cassandra and Kafka on this machine's loopback. */
export function addInfraCommands(program: Command, run: (work: Promise<number>) => Promise<void>): void {
  const infra = program.command("infra").description("real Cassandra and Kafka on this machine, from Maven Central");
  const json = () => new Option("--json", "machine-readable output").default(false);
  const dir = () =>
    new Option("--dir <directory>", "where servers keep their data").default(join(directories().state, "infra"));
  infra
    .command("up")
    .description("start the servers that do not run, and wait until they serve")
    .addOption(
      new Option("--nodes <number>", "servers of each kind, on 127.0.0.1 to 127.0.0.3")
        .choices(["1", "3"])
        .default("1"),
    )
    .addOption(dir())
    .option("--secure", "mutual TLS, and passwords", false)
    .option("--cassandra-only", "no Kafka")
    .option("--kafka-only", "no Cassandra")
    .option("--cql-port <port>", "port of Cassandra's clients", "9042")
    .option("--storage-port <port>", "port of Cassandra nodes among themselves", "7000")
    .option("--kafka-port <port>", "port of Kafka's clients", "9092")
    .option("--controller-port <port>", "port of Kafka's controllers", "9093")
    .option("--cassandra-heap-mb <MB>", "heap of a Cassandra node", "384")
    .option("--kafka-heap-mb <MB>", "heap of a Kafka broker", "256")
    .addOption(json())
    .action((options) =>
      run(
        bringUp(options.dir, readWishes(options), progress).then((servers) => {
          show(servers, options.json);
          return 0;
        }),
      ),
    );
  infra
    .command("status")
    .description("servers started in a directory; exit code 3 where one does not serve")
    .addOption(dir())
    .addOption(json())
    .action((options) => run(look(options.dir, options.json)));
  addDeploymentCommands(infra, run);
  infra
    .command("down")
    .description("stop them; their data stays")
    .addOption(dir())
    .option("--purge", "remove their data too", false)
    .action(({ dir, purge }) => run(stop(dir, purge)));
}

/** `contrail infra fetch|user`: what `infra up --secure` does by itself, for servers that are started in another way. */
function addDeploymentCommands(infra: Command, run: (work: Promise<number>) => Promise<void>): void {
  infra
    .command("fetch")
    .description("get the jars of both, for images")
    .action(() => run(fetchServers({ store: "cassandra", bus: "kafka" }, progress).then(() => 0)));
  infra
    .command("user")
    .description("give a new Cassandra cluster the user of our services, and take its built-in one away")
    .requiredOption("--cassandra-contact-points <addresses>", "addresses and ports of some nodes, separated by commas")
    .requiredOption("--pki-dir <directory>", "directory of CA and of the certificate cli-infra")
    .requiredOption("--password-file <file>", "file of the user's password")
    .action(({ cassandraContactPoints: nodes, pkiDir, passwordFile }) =>
      run(ensureUser(nodes.split(","), pkiDir, passwordFile, new AbortController().signal).then(() => 0)),
    );
}

async function look(directory: string, json: boolean): Promise<number> {
  const servers = await lookAt(directory);
  if (servers.length === 0) {
    const advice = `start them by: contrail infra up --dir ${directory}`;
    throw new ContrailError("infra.not_found", `no servers were started in ${directory}; ${advice}`);
  }
  show(servers, json);
  return servers.every(({ serving }) => serving) ? 0 : NOT_WELL;
}

async function stop(directory: string, purge: boolean): Promise<number> {
  const ended = await bringDown(directory, purge, progress);
  if (ended === 0) progress(`no server ran that was started in ${directory}`);
  return 0;
}

function show(servers: readonly ServerStatus[], json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify({ ...contacts(servers), servers })}\n`);
  else {
    const rows = servers.map(({ name, address, port, pid, serving, log }) => [
      ...[name, `${address}:${port}`, serving ? String(pid) : "-", serving ? "serves" : "DOWN", log],
    ]);
    process.stdout.write(table([["SERVER", "ADDRESS", "PID", "STATE", "LOG"], ...rows]));
  }
}

/** Values for --cassandra-contact-points and --kafka-brokers of the services. */
function contacts(servers: readonly ServerStatus[]) {
  const of = (wanted: string): string =>
    servers
      .filter(({ kind }) => kind === wanted)
      .map(({ address, port }) => `${address}:${port}`)
      .join(",");
  return { cassandraContactPoints: of("cassandra"), kafkaBrokers: of("kafka") };
}
