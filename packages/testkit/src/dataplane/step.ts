import type { Forwarder, Offload, Outcome, TableDelta } from "@contrail/forwarding";

/** One thing that happens to a data plane. */
export type Step =
  | {
      readonly kind: "machine";
      readonly about: string;
      readonly interface: number;
      readonly frame: Uint8Array;
      readonly offload: Offload;
    }
  | { readonly kind: "underlay"; readonly about: string; readonly frame: Uint8Array }
  | { readonly kind: "agent"; readonly about: string; readonly frame: Uint8Array }
  | { readonly kind: "apply"; readonly about: string; readonly batch: readonly TableDelta[] };

/** A step with the time that passes before it. */
export interface TimedStep {
  readonly step: Step;
  readonly afterNs: bigint;
}

/** Runs a step on the reference forwarder; undefined for an applied batch. */
export function runStep(forwarder: Forwarder, step: Step, nowNs: bigint): Outcome | undefined {
  switch (step.kind) {
    case "machine":
      return forwarder.fromMachine(step.interface, step.frame, nowNs, step.offload);
    case "underlay":
      return forwarder.fromUnderlay(step.frame, nowNs);
    case "agent":
      return forwarder.fromAgent(step.frame);
    case "apply":
      forwarder.apply(step.batch);
      return undefined;
  }
}
