import { decodePunt, type Outcome } from "@contrail/forwarding";
import type { Step } from "./step.ts";

/** How often scenarios reached each drop reason, each way out, and each kind of step with its fate. */
export class Reach {
  readonly counts = new Map<string, number>();

  note(step: Step, outcome: Outcome | undefined): void {
    if (outcome === undefined) {
      this.#count(`apply/${step.about}`);
      return;
    }
    if (step.about === "service/reply" && outcome.drop === undefined) this.#count("out/service/interface");
    for (const output of outcome.outputs) {
      const reason = output.kind === "punt" ? `/${reasonOf(output.frame)}` : "";
      this.#count(`out/${step.kind}/${output.kind}${reason}`);
    }
    if (outcome.toHost === true) this.#count(`out/${step.kind}/host`);
    if (outcome.drop !== undefined) this.#count(`drop/${outcome.drop}`);
    this.#count(`step/${step.about}/${outcome.drop === undefined ? "goes" : "drops"}`);
  }

  /** Times that a name was counted. */
  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** One line for each name that begins with the prefix, by name. */
  print(prefix = ""): string {
    const names = [...this.counts.keys()].filter((name) => name.startsWith(prefix)).sort();
    return names.map((name) => `${String(this.of(name)).padStart(8)} ${name}`).join("\n");
  }

  #count(name: string): void {
    this.counts.set(name, this.of(name) + 1);
  }
}

/** Why a frame is on the punt device: the reason of its head, or a service. */
function reasonOf(frame: Uint8Array): string {
  const punt = decodePunt(frame);
  return punt === undefined ? "service" : String(punt.head.reason);
}

/** The ways out of the pipeline that scenarios must reach, as Reach names them. */
export const WAYS_OUT: readonly string[] = [
  "out/machine/interface",
  "out/machine/underlay",
  "out/machine/punt/1",
  "out/machine/punt/2",
  "out/machine/punt/3",
  "out/machine/punt/4",
  "out/machine/punt/service",
  "out/underlay/interface",
  "out/underlay/host",
  "out/agent/interface",
  "out/service/interface",
];
