import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { ContrailError } from "@contrail/errors";
import { takeFileLock } from "@contrail/netns";
import { issue } from "@contrail/pki";
import { cassandraArguments } from "./cassandra-command.ts";
import { CLIENT, ensureUser } from "./first-user.ts";
import { isServing, logFile, waitUntilServing } from "./health.ts";
import { kafkaArguments, kafkaFormatArguments } from "./kafka-command.ts";
import { type InfraWishes, planServers, type ServerKind, type ServerPlan, type ServerSite } from "./layout.ts";
import { type InfraRecord, type RecordedServer, readRecord, writeRecord } from "./record.ts";
import { serverFiles } from "./server-files.ts";
import { isAlive, signal, startJava } from "./server-process.ts";
import { keptCredentials, secureServers } from "./server-security.ts";
import { libraries, requireJava } from "./software.ts";

const run = promisify(execFile);
const END_DEADLINE_MS = 30_000;
const POLL_MS = 50;

/** A server as `contrail infra` tells of it. */
export interface ServerStatus {
  readonly name: string;
  readonly kind: ServerKind;
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  /** Whether it takes connections. */
  readonly serving: boolean;
  readonly log: string;
}

type Say = (text: string) => void;

/** Starts what is wished and does not run, and waits until all of it serves. What runs is left alone. */
export function bringUp(directory: string, wishes: InfraWishes, say: Say): Promise<readonly ServerStatus[]> {
  const root = resolve(directory);
  return locked(root, async () => {
    const before = readRecord(root);
    refuseOther(root, before, wishes);
    const java = requireJava();
    const clusterId = before?.clusterId ?? randomBytes(16).toString("base64url");
    const known = before?.servers ?? [];
    let servers = known;
    const plans = planServers(wishes);
    const site = await siteOf(root, wishes, plans);
    for (const plan of plans) {
      const old = known.find(({ name }) => name === plan.name);
      if (old !== undefined && isAlive(old)) continue;
      say(`starting ${plan.name} on ${plan.address}:${plan.port}`);
      const started = await start({ root, plan, site, clusterId, java, say });
      servers = [...servers.filter(({ name }) => name !== plan.name), started];
      // Written at once: a start that is cut short leaves no process that nobody knows.
      writeRecord(root, { wishes, clusterId, servers });
    }
    const wanted = servers.filter(({ kind }) => wishes[kind]);
    await Promise.all(
      wanted.map(async (server) => {
        await waitUntilServing(root, server, wishes);
        say(`${server.name} serves`);
      }),
    );
    if (wishes.secure && wishes.cassandra) await secureCassandra(root, wanted);
    return statusOf(root, wanted);
  });
}

/** Ends all servers of a directory, cleanly if they can; purge: and removes what they kept. Gives how many ran. */
export async function bringDown(directory: string, purge: boolean, say: Say): Promise<number> {
  const root = resolve(directory);
  if (!existsSync(root)) return 0;
  return locked(root, async () => {
    const running = (readRecord(root)?.servers ?? []).filter(isAlive);
    for (const server of running) {
      say(`stopping ${server.name}`);
      signal(server, "SIGTERM");
    }
    const ended = async (): Promise<boolean> => {
      const deadline = performance.now() + END_DEADLINE_MS;
      while (running.some(isAlive) && performance.now() < deadline) {
        await new Promise((next) => setTimeout(next, POLL_MS));
      }
      return !running.some(isAlive);
    };
    if (!(await ended())) {
      for (const server of running) signal(server, "SIGKILL");
      await ended();
    }
    if (purge) rmSync(root, { recursive: true, force: true });
    return running.length;
  });
}

/** The servers that were started in a directory. */
export function lookAt(directory: string): Promise<readonly ServerStatus[]> {
  const root = resolve(directory);
  return statusOf(root, readRecord(root)?.servers ?? []);
}

function statusOf(root: string, servers: readonly RecordedServer[]): Promise<readonly ServerStatus[]> {
  return Promise.all(
    servers.map(async (server) => {
      const { name, kind, address, port, pid } = server;
      return { name, kind, address, port, pid, serving: await isServing(server), log: logFile(root, server) };
    }),
  );
}

interface Start {
  readonly root: string;
  readonly plan: ServerPlan;
  readonly site: ServerSite;
  readonly clusterId: string;
  readonly java: string;
  readonly say: Say;
}

async function start({ root, plan, site, clusterId, java, say }: Start): Promise<RecordedServer> {
  const jars = await libraries(plan.kind, say);
  const directory = join(root, plan.name);
  const places = { configuration: directory, data: directory, libraries: jars };
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(serverFiles(plan, site, directory))) {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  }
  if (plan.kind === "kafka" && !existsSync(join(directory, "data"))) {
    await run(java, kafkaFormatArguments(clusterId, site, places));
  }
  const args = plan.kind === "cassandra" ? cassandraArguments(site, places) : kafkaArguments(site, places);
  return { ...plan, ...(await startJava(java, args, directory, logFile(root, plan))) };
}

/** Directory of keys and certificates of secure servers, and of their clients; beside it the password's file. */
export function securityFiles(directory: string) {
  return { pki: join(resolve(directory), "pki"), passwordFile: join(resolve(directory), "password") };
}

async function secureCassandra(root: string, servers: readonly RecordedServer[]): Promise<void> {
  const { pki, passwordFile } = securityFiles(root);
  await issue(pki, { ...CLIENT, addresses: [] });
  const nodes = servers.filter(({ kind }) => kind === "cassandra").map(({ address, port }) => `${address}:${port}`);
  await ensureUser(nodes, pki, passwordFile, new AbortController().signal);
}

async function siteOf(root: string, wishes: InfraWishes, plans: readonly ServerPlan[]): Promise<ServerSite> {
  if (!wishes.secure) return { ...wishes, security: undefined };
  const { pki, passwordFile } = securityFiles(root);
  return { ...wishes, security: await secureServers(pki, plans, keptCredentials(passwordFile)) };
}

/** The data of one layout cannot be run in another. */
function refuseOther(root: string, record: InfraRecord | undefined, wishes: InfraWishes): void {
  if (record === undefined) return;
  const same = (["nodes", "secure", "cqlPort", "storagePort", "kafkaPort", "controllerPort"] as const).every(
    (key) => record.wishes[key] === wishes[key],
  );
  if (same) return;
  const advice = `give the same options, another --dir, or remove it by: contrail infra down --purge --dir ${root}`;
  const { nodes, cqlPort, kafkaPort } = record.wishes;
  const what = `${root} holds ${nodes} node(s) on ports ${cqlPort} and ${kafkaPort}`;
  throw new ContrailError("infra.conflict", `${what}, which is not what is asked for; ${advice}`);
}

/** One command at a time in a directory. */
async function locked<T>(root: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const fd = openSync(join(root, "lock"), "w", 0o600);
  try {
    if (!takeFileLock(fd)) throw new ContrailError("infra.conflict", `another command is at work in ${root}`);
    return await work();
  } finally {
    closeSync(fd);
  }
}
