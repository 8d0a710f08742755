import type { Zone } from "./found.ts";
import { oneLine } from "./one-line.ts";

export type Parameters = Readonly<Record<string, string>>;

/** How a step is done. */
export type Action =
  | { readonly kind: "call" | "job"; readonly command: string; readonly parameters: Parameters }
  | { readonly kind: "write-script" | "remove-script"; readonly path: string }
  /** Enable an extension, which CloudStack does only where it finds the executable. */
  | { readonly kind: "enable"; readonly extension: string; readonly path: string }
  /** Known only when the steps before it are done. */
  | { readonly kind: "later" };

/** One thing that is missing, or is in the way. */
export interface Step {
  /** Fixed word for scripts. */
  readonly name: string;
  /** For people. */
  readonly text: string;
  /** True where something that somebody else may have set goes: done only when it was agreed to. */
  readonly overwrites: boolean;
  readonly action: Action;
}

/** What to do; no steps where `refusals` says why there must be none. */
export interface Plan {
  readonly zone: Zone | undefined;
  /** What is there already and stays. */
  readonly present: readonly string[];
  readonly steps: readonly Step[];
  readonly refusals: readonly string[];
}

/** A part of a plan. */
export interface Part {
  readonly present?: string;
  readonly step?: Step;
  readonly refusal?: string;
}

/** A plan of its parts, in their order; its texts hold names of CloudStack's users, and stay on their lines. */
export function planOf(zone: Zone | undefined, parts: readonly Part[]): Plan {
  const refusals = parts.flatMap(({ refusal }) => (refusal === undefined ? [] : oneLine(refusal)));
  const steps = parts.flatMap(({ step }) => (step === undefined ? [] : { ...step, text: oneLine(step.text) }));
  return {
    zone,
    present: parts.flatMap(({ present }) => (present === undefined ? [] : oneLine(present))),
    steps: refusals.length === 0 ? steps : [],
    refusals,
  };
}

/** A synchronous command. */
export function call(command: string, parameters: Parameters): Action {
  return { kind: "call", command, parameters };
}

/** An asynchronous command. */
export function job(command: string, parameters: Parameters): Action {
  return { kind: "job", command, parameters };
}
