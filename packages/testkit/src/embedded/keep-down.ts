import type { EmbeddedSystem } from "./embedded-system.ts";

const KILL_EVERY_MS = 20;

/** Kills control nodes as soon as they are started again, until stopped: they are as ones that cannot start. */
export function keepDown({ run }: EmbeddedSystem, names: readonly string[]): { stop(): void } {
  const processes = new RegExp(`--name (${names.join("|")}) `);
  const killing = setInterval(() => run.kill(processes), KILL_EVERY_MS);
  return { stop: () => clearInterval(killing) };
}
