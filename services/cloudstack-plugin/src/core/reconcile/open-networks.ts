import type { Cloud } from "../cloud.ts";
import type { CloudDifferences } from "./cloud-diff.ts";

/** Networks, by number, that may not be as CloudStack has them. */
export interface OpenNetworks {
  has(networkId: string): boolean;
}

/** States of a machine whose commands are on their way: whether their effect is there is not known yet. */
const UNDER_WAY: ReadonlySet<string> = new Set(["Starting", "Stopping"]);

/**
 * The networks that differ, or that may: as long as commands of theirs are on their way, or something in them is not
 * understood. undefined where that may be any. A number that CloudStack gives no network may be that of one that is being
 * made, or that is not understood.
 */
export function openNetworks(
  { networks, nics, unknown }: Cloud,
  { networks: differing }: CloudDifferences,
): OpenNetworks | undefined {
  const numbers = new Map(networks.map(({ uuid, networkId }) => [uuid, networkId]));
  const busy = nics.filter(({ machineState }) => UNDER_WAY.has(machineState)).map(({ networkUuid }) => networkUuid);
  const unsure: string[] = [];
  for (const { type, networkUuids } of unknown) {
    if (type !== "virtual-machine" && type !== "virtual-machine-interface") continue;
    if (networkUuids === undefined) return undefined;
    unsure.push(...networkUuids);
  }
  const open = new Set([
    ...differing
      .filter(({ findings }) => findings.some(({ action }) => action !== "note"))
      .map(({ networkId }) => networkId),
    ...[...busy, ...unsure].flatMap((uuid) => numbers.get(uuid) ?? []),
  ]);
  const isNameless =
    networks.some(({ state, networkId }) => state === "Implementing" && networkId === undefined) ||
    unknown.some(({ type }) => type === "virtual-network") ||
    unsure.some((uuid) => numbers.get(uuid) === undefined);
  const known = new Set(numbers.values());
  return { has: (networkId) => open.has(networkId) || (isNameless && !known.has(networkId)) };
}
