import type { Cloud } from "../cloud.ts";
import type { CloudDifferences } from "./cloud-diff.ts";

/** States of a machine whose commands are on their way: whether their effect is there is not known yet. */
const UNDER_WAY: ReadonlySet<string> = new Set(["Starting", "Stopping"]);

/**
 * Numbers of the networks that differ, or that may as long as commands of theirs are on their way; undefined where any
 * network may be meant: one that is being made has no number yet, and what is not understood may be in any.
 */
export function openNetworks(
  { networks, nics, unknown }: Cloud,
  { networks: differing }: CloudDifferences,
): ReadonlySet<string> | undefined {
  const isNameless = networks.some(({ state, networkId }) => state === "Implementing" && networkId === undefined);
  if (isNameless || unknown.some(({ type }) => type !== "domain" && type !== "project")) return undefined;
  const numbers = new Map(networks.map(({ uuid, networkId }) => [uuid, networkId]));
  const busy = nics.filter(({ machineState }) => UNDER_WAY.has(machineState));
  return new Set([
    ...differing.map(({ networkId }) => networkId),
    ...busy.flatMap(({ networkUuid }) => numbers.get(networkUuid) ?? []),
  ]);
}
