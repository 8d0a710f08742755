import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import { runIp } from "@contrail/netns";
import {
  childEnvironment,
  type Directories,
  directories,
  insideEnvironment,
  insideUserNamespace,
  isRoot,
  REPOSITORY,
  restForwardedOutside,
} from "../config.ts";
import { clearCutOff } from "../demo/cut-off.ts";
import { runDemonstration } from "../demo/demonstration.ts";
import { answerer } from "../resolver/answerer.ts";
import { askOutside } from "../resolver/ask-outside.ts";
import { isQuestion } from "../resolver/resolver-message.ts";
import { chooseEngine, type EngineWish } from "../supervisor/choose-engine.ts";
import { serveControlSocket } from "../supervisor/control-socket.ts";
import type { Wishes } from "../supervisor/layout.ts";
import { fetchServers } from "../supervisor/server-plan.ts";
import { type SystemStatus, systemStatus } from "../supervisor/status.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import { untilHealthy, wrongsOfNodes } from "../supervisor/until-healthy.ts";
import { announce } from "./announce.ts";
import { openPorts, portOf } from "./forward.ts";
import { progress, stepLine } from "./report.ts";
import { whileWaiting } from "./while-waiting.ts";

/** Options of `up`, as commander gives them. */
export interface UpOptions {
  readonly once: boolean;
  readonly json: boolean;
  readonly engine: EngineWish;
  /** Port of the machine's loopback for CloudStack's API. */
  readonly cloudPort: string;
  readonly store: Wishes["store"];
  readonly bus: Wishes["bus"];
}
/** Exit code of what a signal has ended before it was done, as shells give it. */
const STOPPED = 130;
/** So long a system that has started may take until nothing is wrong with it; it is told what is after that. */
const HEALTHY_MS = 30_000;

/** `contrail up`: brings the system up; gives the exit code. A plain user's runs inside namespaces of its own. */
export async function up(options: UpOptions): Promise<number> {
  const own = options.once && !insideUserNamespace ? temporaryDirectories() : directories();
  const cloudPort = portOf(options.cloudPort);
  const ports = insideUserNamespace ? undefined : await openPorts(own, cloudPort, options.once);
  const restForwarded = ports?.restForwarded ?? restForwardedOutside;
  try {
    if (!insideUserNamespace) await fetchServers(options, progress); // Inside there is no way out.
    if (isRoot || insideUserNamespace) return await supervise(options, own, { cloudPort, restForwarded });
    return await delegate(own, restForwarded);
  } finally {
    ports?.close();
    if (options.once && !insideUserNamespace) {
      for (const directory of [own.state, own.run]) rmSync(directory, { recursive: true, force: true });
    }
  }
}

/** Runs the supervisor in this process until it is told to stop, or the demonstration is over. */
async function supervise(
  options: UpOptions,
  own: Directories,
  { cloudPort, restForwarded }: { readonly cloudPort: number; readonly restForwarded: boolean },
): Promise<number> {
  const startedAt = performance.now();
  if (insideUserNamespace) await prepareUserNamespace();
  const choice = chooseEngine(options.engine);
  const wishes = { cloudPort, store: options.store, bus: options.bus };
  const supervisor = new Supervisor(own, { choice, wishes, progress, answer: answerer() });
  const stop = Promise.withResolvers<void>();
  const ended = new AbortController();
  stop.promise.then(() => ended.abort());
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.resolve());
  process.on("disconnect", () => stop.resolve());
  process.channel?.unref(); // A listener alone would keep the process.
  let code = 0;
  let control: Awaited<ReturnType<typeof serveControlSocket>> | undefined;
  try {
    await Promise.race([
      supervisor.start().then(() => clearCutOff(supervisor, progress)),
      stop.promise.then(() => Promise.reject(new ContrailError("stopped", "stopped"))),
    ]);
    control = await serveControlSocket(supervisor, () => stop.resolve());
    const status = await untilWell(supervisor, ended.signal);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    progress(`the system is up after ${seconds} s`);
    for (const wrong of wrongsOfNodes(status)) progress(`not well yet: ${wrong}`);
    if (options.once) {
      const running = runDemonstration(supervisor, {
        step: (step) => stepLine(step, options.json),
        progress,
        startedAt,
      });
      const stopped = stop.promise.then(() => "stopped" as const);
      const outcome = await Promise.race([running, stopped]);
      code = outcome === "stopped" ? STOPPED : outcome ? 0 : 1;
    } else {
      await announce(supervisor, options.json ? status : undefined, restForwarded);
      await stop.promise;
    }
  } catch (reason) {
    const error = ContrailError.from(reason);
    code = error.code === "stopped" ? STOPPED : 1;
    if (code === 1) process.stderr.write(`contrail: ${error.message}\n`);
    if (error.code === "supervisor.conflict") return code;
  }
  progress("stopping");
  if (code === 1 && own.temporary) keepLogs(own);
  await supervisor.stop();
  await control?.close();
  return code;
}

/** The status when nothing is wrong any more, or the time is up; says meanwhile what is. */
function untilWell(supervisor: Supervisor, signal: AbortSignal): Promise<SystemStatus> {
  let wrongs: readonly string[] = [];
  const look = async (): Promise<SystemStatus> => {
    const status = await systemStatus(supervisor);
    wrongs = wrongsOfNodes(status);
    return status;
  };
  const healthy = untilHealthy(look, { deadlineMs: HEALTHY_MS, signal });
  return whileWaiting(() => wrongs.join("; "), healthy);
}

/** The directories of a single run go with it: what its processes wrote is kept where a fault has to be found. */
function keepLogs({ state }: Directories): void {
  const kept = join(REPOSITORY, ".contrail/failed-run");
  try {
    rmSync(kept, { recursive: true, force: true });
    if (existsSync(join(state, "log"))) cpSync(join(state, "log"), kept, { recursive: true });
  } catch (reason) {
    // A repository of another user must not keep the system from being stopped.
    progress(`the logs of its processes are not kept: ${ContrailError.from(reason).message}`);
    return;
  }
  progress(`the logs of its processes are kept in ${kept}; to look at a running system: npm start, then contrail demo`);
}

/** A plain user: the same command again, as root of new user, mount and network namespaces. */
function delegate(own: Directories, restForwarded: boolean): Promise<number> {
  const command = ["-Urnm", "--", process.execPath, ...process.argv.slice(1)];
  const child = spawn("unshare", command, {
    env: childEnvironment(insideEnvironment(own, restForwarded)),
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  // A Ctrl-C reaches the whole group; the child ends by itself, and we with it.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  child.on("message", (message) => {
    if (!isQuestion(message)) return;
    void askOutside(message).then((answer) => child.send(answer, () => {})); // It may be gone: nobody waits then.
  });
  return new Promise((resolve, reject) => {
    child.once("error", (reason) =>
      reject(new ContrailError("supervisor.unavailable", `unshare cannot be run: ${reason.message}`)),
    );
    child.once("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 128 + constants.signals[signal])));
  });
}

/** Inside: a /run of our own for names of namespaces, and the loopback. */
async function prepareUserNamespace(): Promise<void> {
  const { execFileSync } = await import("node:child_process");
  execFileSync("mount", ["-t", "tmpfs", "tmpfs", "/run"]);
  await runIp(["link", "set", "lo", "up"]);
}

function temporaryDirectories(): Directories {
  const base = mkdtempSync(join(tmpdir(), "contrail-"));
  return { state: base, run: join(base, "run"), lock: directories().lock, temporary: true };
}
