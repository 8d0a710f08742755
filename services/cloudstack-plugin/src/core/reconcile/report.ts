import { isRemoval } from "./brake.ts";
import type { CloudDifferences } from "./cloud-diff.ts";
import { type Finding, findingOf } from "./difference.ts";
import type { Grace } from "./grace.ts";

/** A finding as `contrail cloudstack diff` shows it. */
export interface ReportedDifference extends Omit<Finding, "action" | "held"> {
  /** wait: it goes when its grace is over; held: it stays, the reason says why. */
  readonly action: Exclude<Finding["action"], "note"> | "wait" | "held";
  /** Database number of its network; null for what is in none. */
  readonly network: string | null;
  /** Seconds until it goes; null for what does not wait. */
  readonly waitsSeconds: number | null;
}

/** All differences as they are shown. nowMs: monotonic. */
export function reported(found: CloudDifferences, grace: Grace, nowMs: number): readonly ReportedDifference[] {
  const shown = (
    { held, action, ...finding }: Finding,
    network: string | null,
  ): ReportedDifference | readonly ReportedDifference[] => {
    if (action === "note") return [];
    const plain = { ...finding, action, network, waitsSeconds: null };
    if (held !== undefined) return { ...plain, action: "held", reason: `${finding.reason}, but: ${held}` };
    const leftMs = action === "remove" ? grace.leftMs(keyOf(finding), nowMs) : 0;
    return leftMs > 0 ? { ...plain, action: "wait", waitsSeconds: Math.ceil(leftMs / 1_000) } : plain;
  };
  const { owners, networks, machines } = found;
  return [
    ...owners.flatMap((difference) => shown(findingOf(difference), null)),
    ...networks.flatMap(({ networkId, findings }) => findings.flatMap((finding) => shown(finding, networkId))),
    ...machines.flatMap((difference) => shown(findingOf(difference), null)),
  ];
}

/** The key of what is unwanted, by which its grace is kept. */
export function keyOf({ type, uuid }: Pick<Finding, "type" | "uuid">): string {
  return `${type} ${uuid}`;
}

/** The keys of all that is unwanted. The grace of what is held begins when it is held no more. */
export function unwantedKeys({ owners, networks, machines }: CloudDifferences): readonly string[] {
  const findings: readonly Finding[] = [...owners, ...networks.flatMap(({ findings: all }) => all), ...machines];
  return findings.filter(isRemoval).map(keyOf);
}
