import { objectType, underscored } from "@contrail/schema";
import type { VncClient } from "@contrail/vnc-client";
import { chunks } from "./current-state.ts";
import { isDerived } from "./object-name.ts";
import { type TreeNode, uuidsIn } from "./object-tree.ts";

/** The uuids of those targets of some objects' references that the system makes by itself. */
export async function derivedTargets(vnc: VncClient, nodes: readonly TreeNode[]): Promise<ReadonlySet<string>> {
  const targets = new Map<string, Set<string>>();
  for (const { type, object } of nodes) {
    for (const { to } of objectType(type)?.links ?? []) {
      for (const uuid of uuidsIn(object, `${underscored(to)}_refs`)) {
        targets.set(to, (targets.get(to) ?? new Set()).add(uuid));
      }
    }
  }
  return derivedOf(vnc, targets);
}

/** Those of some objects, by type and uuid, that the system makes by itself. */
export async function derivedOf(
  vnc: VncClient,
  uuidsByType: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<ReadonlySet<string>> {
  const derived = new Set<string>();
  for (const [type, uuids] of uuidsByType) {
    for (const some of chunks([...uuids])) {
      for (const object of await vnc.readAll<string>(type, { uuids: some })) {
        if (isDerived(object)) derived.add(String(object.uuid));
      }
    }
  }
  return derived;
}
