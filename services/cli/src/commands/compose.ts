import { spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ContrailError } from "@contrail/errors";
import { type Command, Option } from "commander";
import { ComposeSystem } from "../compose/compose-system.ts";
import { PROFILES } from "../compose/layout.ts";
import { amongContainers, clearMachine, readyMachine } from "../compose/machine-needs.ts";
import { prepareCompose } from "../compose/prepare.ts";
import { registerAll } from "../compose/registrar.ts";
import { AMONG_CONTAINERS, childEnvironment, isAmongContainers, isRoot, REPOSITORY } from "../config.ts";
import { runDemonstration } from "../demo/demonstration.ts";
import { progress, stepLine } from "./report.ts";

/** Where the files of the deployment are unless told otherwise. */
const COMPOSE_STATE = join(REPOSITORY, ".contrail/compose");
const COMPOSE_FILE = join(REPOSITORY, "deploy/compose/compose.yaml");
const STAY_MS = 3_600_000;

/** Adds `contrail compose prepare|remove|register`: what deploy/compose needs of the CLI. */
export function addComposeCommands(program: Command, run: (work: Promise<number>) => Promise<void>): void {
  const compose = program.command("compose").description("the deployment in containers (docs/deployment.md)");
  compose
    .command("prepare")
    .description("make keys, certificates, passwords and configuration of the deployment; print what to run next")
    .addOption(new Option("--profile <profile>", "size").choices(PROFILES).default("dev"))
    .option("--dir <directory>", "where they are kept", COMPOSE_STATE)
    .action(({ dir, profile }) => run(prepare(dir, profile)));
  compose
    .command("remove")
    .description("after `docker compose down -v`: remove keys, certificates, passwords, pins and mounts")
    .option("--dir <directory>", "where they are kept", COMPOSE_STATE)
    .action(({ dir }) => run(remove(dir)));
  compose
    .command("register")
    .description("in the deployment: register nodes and plugin, write the file that says so, and stay")
    .requiredOption("--control-nodes <names>", "names of the control nodes, separated by commas")
    .requiredOption("--ready-file <file>", "file that is made then")
    .action(({ controlNodes, readyFile }) => run(register(controlNodes.split(","), readyFile)));
}

async function prepare(directory: string, profile: (typeof PROFILES)[number]): Promise<number> {
  requireRoot();
  const variables = await prepareCompose(directory, profile);
  await readyMachine(resolve(directory));
  process.stdout.write(`docker compose -f ${COMPOSE_FILE} --env-file ${variables} up --wait\n`);
  return 0;
}

/** Stays until it is stopped: docker compose waits for containers that stay, and takes the end of one for a fault. */
async function register(controlNodes: readonly string[], readyFile: string): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
  await registerAll(controlNodes, stop.signal);
  writeFileSync(readyFile, "registered\n");
  progress("nodes and plugin are registered");
  while (!stop.signal.aborted) await sleep(STAY_MS, undefined, { signal: stop.signal }).catch(() => {}); // Told to stop.
  return 0;
}

/** Removes what `prepare` has made, when the containers are gone. */
async function remove(directory: string): Promise<number> {
  requireRoot();
  await clearMachine(resolve(directory));
  rmSync(directory, { recursive: true, force: true });
  return 0;
}

function requireRoot(): void {
  if (!isRoot) throw new ContrailError("compose.permission_denied", "root is needed for mounts and namespaces");
}

/** `contrail demo --compose DIR`: the demonstration on the system in containers, in a process that sees their namespaces. */
export async function composeDemo(directory: string, files: readonly string[], json: boolean): Promise<number> {
  const state = resolve(directory);
  requireRoot();
  if (!existsSync(join(state, "compose.env"))) {
    throw new ContrailError("demo.unavailable", `${state} holds no deployment; see: contrail compose prepare --help`);
  }
  if (!isAmongContainers) return again(amongContainers(state, [process.execPath, ...process.argv.slice(1)]));
  const system = new ComposeSystem(state, files.length === 0 ? [COMPOSE_FILE] : files);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => system.stop());
  const ok = await runDemonstration(system, { step: (step) => stepLine(step, json), progress });
  return ok ? 0 : 1;
}

/** Runs this command in another way; gives its exit code. */
function again([program = "", ...args]: readonly string[]): Promise<number> {
  const child = spawn(program, args, { env: childEnvironment(AMONG_CONTAINERS), stdio: "inherit" });
  // A Ctrl-C reaches the whole group; the child ends by itself, and we with it.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((done, reject) => {
    child.once("error", (reason) => reject(new ContrailError("demo.unavailable", `${program}: ${reason.message}`)));
    child.once("exit", (code) => done(code ?? 1));
  });
}
