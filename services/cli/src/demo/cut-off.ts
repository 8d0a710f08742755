import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import type { DemoSystem } from "./demo-system.ts";
import { DemoWorld } from "./demo-world.ts";
import { type DemonstrationOutput, runDemonstration } from "./demonstration.ts";

/** A system whose objects are there again after its end. */
export interface LastingSystem extends DemoSystem {
  readonly directories: { readonly state: string };
}

/** The mark of a demonstration that is not over. */
function markOf({ directories }: LastingSystem): string {
  return join(directories.state, "demonstration");
}

/** Runs the demonstration; what a stop or kill -9 leaves of it is removed by the next start's clearCutOff(). */
export async function runMarked(system: LastingSystem, output: DemonstrationOutput): Promise<boolean> {
  const mark = markOf(system);
  writeFileSync(mark, "", { mode: 0o600 });
  const ok = await runDemonstration(system, output);
  if (ok) rmSync(mark, { force: true }); // Its last step has removed all of it.
  return ok;
}

/** Removes what is left of a demonstration that was cut off. Never rejects: the system serves without that, too. */
export async function clearCutOff(system: LastingSystem, tell: (text: string) => void): Promise<void> {
  const mark = markOf(system);
  if (!existsSync(mark)) return;
  tell("removing what is left of a demonstration that was cut off");
  try {
    await new DemoWorld(system, { step: () => {}, progress: tell }, new Map()).removeLeftovers();
    rmSync(mark, { force: true });
  } catch (reason) {
    if (system.stopping.aborted) return;
    tell(`it is not removed: ${ContrailError.from(reason).message}; the next contrail demo removes it first`);
  }
}
