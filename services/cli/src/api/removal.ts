import { ContrailError } from "@contrail/errors";
import { type JsonObject, objectType, underscored } from "@contrail/schema";
import type { VncClient } from "@contrail/vnc-client";
import { derivedOf } from "./derived-targets.ts";
import { backReferenceKeys } from "./model-keys.ts";
import { bornWith, isDerived, keyOf, namesIn, nameText, type ObjectName, storedName } from "./object-name.ts";
import { nodesOf, readTrees, type TreeNode, uuidsIn } from "./object-tree.ts";
import { inOrder, type Placed } from "./order.ts";

/** One object of a removal. */
export interface RemovedObject extends ObjectName {
  readonly uuid: string;
  readonly parent: ObjectName | undefined;
  readonly targets: readonly ObjectName[];
}

/** What the removal of an object with all below it would take. */
export interface Removal {
  /** In the order of deletion: who refers, and what is below, first. References in `later` are cleared before. */
  readonly steps: readonly Placed<RemovedObject>[];
  /** Lines about those outside who refer to members: nothing is deleted while there is one. */
  readonly obstacles: readonly string[];
}

/** Reads an object's tree and plans its removal. What the system derives, and what is born with its parent, goes by itself. */
export async function planRemoval(vnc: VncClient, type: string, uuid: string): Promise<Removal> {
  const trees = await readTrees(vnc, type, [uuid], { backReferences: true });
  if (trees.length === 0) throw new ContrailError("api.not_found", `there is no ${type} ${uuid}`);
  const nodes = [...nodesOf(trees)];
  const members = new Set(nodes.map(({ object }) => String(object.uuid)));
  const own = nodes.filter(({ object }) => !isDerived(object)).map(removedObject);
  const born = new Set(own.flatMap(bornWith).map(keyOf));
  const steps = inOrder(own.filter((object) => !born.has(keyOf(object)))).toReversed();
  return { steps, obstacles: await obstaclesOf(vnc, nodes, members) };
}

/** Deletes in the order of the plan; calls back after each object. What is gone meanwhile was to go. */
export async function carryOut(vnc: VncClient, { steps }: Removal, tell: (object: ObjectName) => void): Promise<void> {
  for (const { item, later } of steps) {
    const types = new Set(item.targets.filter((target) => later.has(keyOf(target))).map((target) => target.type));
    const lists = Object.fromEntries([...types].map((type) => [`${underscored(type)}_refs`, []]));
    if (types.size > 0) await unlessGone(vnc.update<string>(item.type, item.uuid, lists));
  }
  for (const { item } of steps) {
    await unlessGone(vnc.remove<string>(item.type, item.uuid));
    tell(item);
  }
}

function removedObject({ type, object }: TreeNode): RemovedObject {
  const name = storedName(type, object);
  const parent =
    object.parent_uuid === undefined
      ? undefined
      : { type: String(object.parent_type), fqName: name.fqName.slice(0, -1) };
  const targets = (objectType(type)?.links ?? []).flatMap(({ to }) => {
    const list = object[`${underscored(to)}_refs`];
    const references = Array.isArray(list) ? (list as readonly JsonObject[]) : []; // References are objects.
    return references.map((reference) => ({ type: to, fqName: namesIn(reference.to) ?? [] }));
  });
  return { ...name, uuid: String(object.uuid), parent, targets };
}

async function obstaclesOf(
  vnc: VncClient,
  nodes: readonly TreeNode[],
  members: ReadonlySet<string>,
): Promise<readonly string[]> {
  const found: { readonly member: ObjectName; readonly referrer: ObjectName; readonly uuid: string }[] = [];
  const outside = new Map<string, Set<string>>();
  for (const { type, object } of nodes) {
    const own = objectType(type);
    for (const [key, from] of own === undefined ? [] : backReferenceKeys(own)) {
      for (const uuid of uuidsIn(object, key)) {
        if (members.has(uuid)) continue;
        const list = object[key] as readonly JsonObject[]; // uuidsIn() has found it to be a list of objects.
        const to = namesIn(list.find((item) => item.uuid === uuid)?.to) ?? [];
        found.push({ member: storedName(type, object), referrer: { type: from, fqName: to }, uuid });
        outside.set(from, (outside.get(from) ?? new Set()).add(uuid));
      }
    }
  }
  const derived = await derivedOf(vnc, outside);
  return found
    .filter(({ uuid }) => !derived.has(uuid))
    .map(({ member, referrer }) => `${nameText(referrer)} refers to ${nameText(member)}`);
}

async function unlessGone(work: Promise<void>): Promise<void> {
  await work.catch((reason: unknown) => {
    if (ContrailError.from(reason).code !== "vnc.not_found") throw reason;
  });
}
