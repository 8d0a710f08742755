import type { EmbeddedSystem } from "./embedded-system.ts";

const KILL_EVERY_MS = 30;

/** Kills nodes whenever they run, until stopped: they are as ones that cannot start. */
export function keepDown(system: EmbeddedSystem, names: readonly string[]): { stop(): Promise<void> } {
  let wanted = true;
  const killing = (async () => {
    while (wanted) {
      for (const name of names) await system.crash(name);
      await new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS));
    }
  })();
  killing.catch(() => {}); // Told by stop().
  return {
    async stop() {
      wanted = false;
      await killing;
    },
  };
}
