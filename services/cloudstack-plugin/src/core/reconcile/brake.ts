import { referredUuids } from "../references.ts";
import type { CloudDifferences, Snapshot } from "./cloud-diff.ts";
import type { Finding } from "./difference.ts";

/** More removals than this, and more than half of all networks or ports, are never made without a person. */
const MANY_REMOVALS = 10;

/** True for what goes when its grace is over. */
export function isRemoval({ action, held }: Finding): boolean {
  return action === "remove" && held === undefined;
}

/**
 * True where so many networks would go at once, or so many ports, also with their networks, or all of them, however few, that
 * the cloud that was asked is rather an old copy of the right one, or answers without its networks or machines.
 */
export function removesTooMany(
  { networks }: CloudDifferences,
  snapshot: Pick<Snapshot, "networks" | "interfaces">,
): boolean {
  const gone = networks.flatMap(({ findings }) => findings).filter(isRemoval);
  const isOf = (type: string) => (finding: Finding) => finding.type === type;
  const goneNetworks = gone.filter(isOf("virtual-network"));
  const gonePorts = gone.filter(isOf("virtual-machine-interface")).length;
  const isMost = (count: number, all: number): boolean => count > MANY_REMOVALS && count * 2 > all;
  const isTooMany = (count: number, all: number): boolean => isMost(count, all) || (count > 0 && count === all);
  const leaving = new Set(goneNetworks.map(({ uuid }) => uuid));
  const withTheirs = snapshot.interfaces.filter(({ vmi }) =>
    referredUuids(vmi, "virtual_network_refs").some((uuid) => leaving.has(uuid)),
  );
  return (
    isTooMany(goneNetworks.length, snapshot.networks.length) ||
    isTooMany(gonePorts + withTheirs.length, snapshot.interfaces.length)
  );
}
