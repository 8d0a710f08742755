import type { Path } from "./path.ts";
import { targetsOf } from "./path-table.ts";
import type { InstanceSettings, VrfTable } from "./vrf-table.ts";

/** Routing instances by a route target that they import, or that they export. */
export class InstanceIndex {
  readonly #byTarget = new Map<bigint, Set<VrfTable>>();

  /** Instances with the target, in no order. */
  of(target: bigint): ReadonlySet<VrfTable> {
    return this.#byTarget.get(target) ?? NONE;
  }

  /** The network of the instances with the target; 0 where there are none, or of several networks. */
  networkOf(target: bigint): number {
    let found = 0;
    for (const { settings } of this.of(target)) {
      if (found !== 0 && settings.virtualNetworkId !== found) return 0;
      found = settings.virtualNetworkId;
      if (found === 0) return 0;
    }
    return found;
  }

  /**
   * The network that a path without one comes from, where this is the index of exported targets: its instance's own, and
   * elsewhere that of the instances that export one of its targets, where these are of one network. A target of the
   * instance that it is imported into goes first.
   */
  originOf(path: Path, { name, virtualNetworkId, exportTargets }: InstanceSettings): number {
    if (path.instance === name) return virtualNetworkId;
    let found = 0;
    for (const target of targetsOf(path)) {
      const network = this.networkOf(target);
      if (network !== 0 && exportTargets.includes(target)) return network;
      if (found === 0) found = network;
    }
    return found;
  }

  /** Moves an instance from its old targets to its new ones. */
  move(table: VrfTable, before: readonly bigint[], after: readonly bigint[]): void {
    for (const target of before) {
      const tables = this.#byTarget.get(target);
      tables?.delete(table);
      if (tables?.size === 0) this.#byTarget.delete(target);
    }
    for (const target of after) {
      const tables = this.#byTarget.get(target);
      if (tables === undefined) this.#byTarget.set(target, new Set([table]));
      else tables.add(table);
    }
  }
}

const NONE: ReadonlySet<VrfTable> = new Set();

/** True where nothing of the settings differs; targets are compared in their order. */
export function sameSettings(a: InstanceSettings, b: InstanceSettings): boolean {
  return (
    a.virtualNetworkId === b.virtualNetworkId &&
    a.vxlanId === b.vxlanId &&
    (a.allowTransit ?? false) === (b.allowTransit ?? false) &&
    sameTargets(a.importTargets, b.importTargets) &&
    sameTargets(a.exportTargets, b.exportTargets)
  );
}

/** True for equal targets in equal order. */
export function sameTargets(a: readonly bigint[], b: readonly bigint[]): boolean {
  return a.length === b.length && a.every((target, index) => target === b[index]);
}
