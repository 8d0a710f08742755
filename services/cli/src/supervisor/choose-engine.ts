import { probeEbpf } from "@contrail/dataplane-ebpf";
import { ContrailError } from "@contrail/errors";
import { insideUserNamespace } from "../config.ts";
import type { EngineChoice } from "./layout.ts";

export type EngineWish = "auto" | "ebpf" | "typescript";

/** The data plane of this machine: eBPF where root and kernel allow it, otherwise the TypeScript engine; with the reason. */
export function chooseEngine(wish: EngineWish): EngineChoice {
  if (wish === "typescript") return { engine: "typescript", reason: "asked for by --engine" };
  const obstacle = insideUserNamespace ? "a plain user may not load eBPF programs" : ebpfObstacle();
  if (obstacle === undefined) return { engine: "ebpf", reason: "root, and the kernel has what the programs need" };
  if (wish === "ebpf") throw new ContrailError("supervisor.bad_request", `--engine ebpf is not possible: ${obstacle}`);
  return { engine: "typescript", reason: obstacle };
}

/** Why eBPF cannot be used here; undefined where it can. */
function ebpfObstacle(): string | undefined {
  const probe = probeEbpf();
  return probe.usable ? undefined : probe.reason;
}
