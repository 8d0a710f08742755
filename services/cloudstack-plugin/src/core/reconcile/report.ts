import type { CloudDifferences } from "./cloud-diff.ts";
import { type Finding, findingOf } from "./difference.ts";
import type { Grace } from "./grace.ts";

/** A finding as `contrail cloudstack diff` shows it. */
export interface ReportedDifference extends Omit<Finding, "action"> {
  /** wait: it goes when its grace is over. */
  readonly action: Finding["action"] | "wait";
  /** Database number of its network; null for what is in none. */
  readonly network: string | null;
  /** Seconds until it goes; null for what does not wait. */
  readonly waitsSeconds: number | null;
}

/** More removals than this, and more than half of all networks or ports, are never made without a person. */
const MANY_REMOVALS = 10;

/** All differences as they are shown. nowMs: monotonic. */
export function reported(found: CloudDifferences, grace: Grace, nowMs: number): readonly ReportedDifference[] {
  const shown = (finding: Finding, network: string | null): ReportedDifference => {
    const leftMs = finding.action === "remove" ? grace.leftMs(keyOf(finding), nowMs) : 0;
    return leftMs > 0
      ? { ...finding, action: "wait", network, waitsSeconds: Math.ceil(leftMs / 1_000) }
      : { ...finding, network, waitsSeconds: null };
  };
  return [
    ...found.owners.map((difference) => shown(findingOf(difference), null)),
    ...found.networks.flatMap(({ networkId, findings }) => findings.map((finding) => shown(finding, networkId))),
    ...found.machines.map((difference) => shown(findingOf(difference), null)),
  ];
}

/** The key of what is unwanted, by which its grace is kept. */
export function keyOf({ type, uuid }: Finding): string {
  return `${type} ${uuid}`;
}

/** The keys of all that is unwanted. */
export function unwantedKeys({ owners, networks, machines }: CloudDifferences): readonly string[] {
  const findings: readonly Finding[] = [...owners, ...networks.flatMap(({ findings: all }) => all), ...machines];
  return findings.filter(({ action }) => action === "remove").map(keyOf);
}

/** How many of each the configuration has. */
export interface KnownCounts {
  readonly networks: number;
  readonly ports: number;
}

/**
 * True where so many networks would go at once, or so many ports of networks that stay, that the cloud that was asked is
 * rather another one, or an old copy of it, or answers without its machines.
 */
export function removesTooMany({ networks }: CloudDifferences, known: KnownCounts): boolean {
  const gone = networks.flatMap(({ findings }) => findings).filter(({ action }) => action === "remove");
  const isMost = (type: string, all: number): boolean => {
    const count = gone.filter((finding) => finding.type === type).length;
    return count > MANY_REMOVALS && count * 2 > all;
  };
  return isMost("virtual-network", known.networks) || isMost("virtual-machine-interface", known.ports);
}
