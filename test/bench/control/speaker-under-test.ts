import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { endChild } from "@contrail/testkit/process";
import { cpuSeconds, residentBytes } from "../node-metrics.ts";
import type { PeerName } from "./options.ts";

/** TCP port of every speaker that is measured; each has an address of its own. */
export const PORT = 1_790;
export const AUTONOMOUS_SYSTEM = 64_512;

/** Time that a speaker has to end when it is asked to. */
const END_MS = 5_000;

/** Addresses of the injector and the collectors: route reflector clients. */
export const INJECTOR = "127.0.1.100";
export const COLLECTORS: readonly string[] = Array.from({ length: 10 }, (_, index) => `127.0.1.${101 + index}`);
export const CLIENTS: readonly string[] = [INJECTOR, ...COLLECTORS];

/** A BGP speaker as a process. */
export interface SpeakerUnderTest {
  readonly name: "ours" | PeerName;
  readonly address: string;
  readonly version: string;
  /** Aborts when the process has ended. */
  readonly gone: AbortSignal;
  /** Processor seconds so far. */
  cpuSeconds(): number;
  residentBytes(): number;
  stop(): Promise<void>;
}

/** Starts a speaker's program. */
export function startSpeaker(
  { name, address, version }: Pick<SpeakerUnderTest, "name" | "address" | "version">,
  command: string,
  args: readonly string[],
  clean: () => Promise<void> | void = () => undefined,
): SpeakerUnderTest {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", name === "ours" ? "inherit" : "ignore"] });
  const gone = new AbortController();
  child.once("error", (reason) => gone.abort(reason));
  child.once("exit", () => gone.abort(new Error(`${name} has ended by itself`)));
  return {
    name,
    address,
    version,
    gone: gone.signal,
    cpuSeconds: () => cpuSeconds(pidOf(child, name)),
    residentBytes: () => residentBytes(pidOf(child, name)),
    async stop() {
      // GoBGP may be too busy to end.
      const insist = setTimeout(() => child.kill("SIGKILL"), END_MS);
      await endChild(child, "SIGTERM");
      clearTimeout(insist);
      await clean();
    },
  };
}

/** What a program says of its version; undefined where it is not installed. */
export function versionOf(command: string, pattern: RegExp, ...args: readonly string[]): string | undefined {
  const { stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  return error === undefined ? pattern.exec(`${stdout}${stderr}`)?.[1] : undefined;
}

function pidOf(child: ChildProcess, name: string): number {
  if (child.pid === undefined || child.exitCode !== null) throw new Error(`${name} has ended by itself`);
  return child.pid;
}
