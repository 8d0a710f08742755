import { type JsonObject, objectType, objectTypes, underscored } from "@contrail/schema";
import type { VncClient } from "@contrail/vnc-client";
import { chunks } from "./current-state.ts";
import { backReferenceKeys, childKeys, childTypes } from "./model-keys.ts";

/** An object with the objects below it. */
export interface TreeNode {
  readonly type: string;
  /** With its references, its children's lists and, where they were asked for, its back references. */
  readonly object: JsonObject;
  /** By type, then in the order of their uuids. */
  readonly children: readonly TreeNode[];
}

/** What is read beside objects and children. */
export interface TreeOptions {
  readonly backReferences: boolean;
}

interface OpenNode extends TreeNode {
  readonly children: TreeNode[];
}

/** The trees of some objects of a type: a request a type and level, not one an object. */
export async function readTrees(
  vnc: VncClient,
  type: string,
  uuids: readonly string[],
  options: TreeOptions,
): Promise<readonly TreeNode[]> {
  const roots = await readNodes(vnc, type, uuids, options);
  for (let level: readonly OpenNode[] = roots; level.length > 0; ) level = await readBelow(vnc, level, options);
  return roots;
}

/** The trees of all objects that are below the root, or below nothing. */
export async function readForest(vnc: VncClient): Promise<readonly TreeNode[]> {
  const trees: TreeNode[] = [];
  for (const { name, parents } of objectTypes()) {
    if (name === "config-root" || (parents.length > 0 && !parents.includes("config-root"))) continue;
    const objects = await vnc.list<string>(name, true);
    const roots = objects.filter(({ parent_type: parent }) => parent === undefined || parent === "config-root");
    const uuids = roots.map(({ uuid }) => String(uuid));
    if (uuids.length > 0) trees.push(...(await readTrees(vnc, name, uuids, { backReferences: false })));
  }
  return trees;
}

/** All objects of some trees, each before those below it. */
export function* nodesOf(trees: readonly TreeNode[]): Generator<TreeNode> {
  for (const tree of trees) {
    yield tree;
    yield* nodesOf(tree.children);
  }
}

async function readBelow(
  vnc: VncClient,
  level: readonly OpenNode[],
  options: TreeOptions,
): Promise<readonly OpenNode[]> {
  const parents = new Map(level.map((node) => [String(node.object.uuid), node] as const));
  const wanted = new Map<string, string[]>();
  for (const { type, object } of level) {
    const own = objectType(type);
    for (const child of own === undefined ? [] : childTypes(own)) {
      const uuids = uuidsIn(object, `${underscored(child)}s`);
      if (uuids.length > 0) wanted.set(child, [...(wanted.get(child) ?? []), ...uuids]);
    }
  }
  const below: OpenNode[] = [];
  for (const [type, uuids] of wanted) {
    for (const node of await readNodes(vnc, type, uuids, options)) {
      parents.get(String(node.object.parent_uuid))?.children.push(node);
      below.push(node);
    }
  }
  return below;
}

async function readNodes(
  vnc: VncClient,
  typeName: string,
  uuids: readonly string[],
  { backReferences }: TreeOptions,
): Promise<readonly OpenNode[]> {
  const type = objectType(typeName);
  if (type === undefined) return [];
  const also = [...childKeys(type), ...(backReferences ? backReferenceKeys(type).map(([key]) => key) : [])];
  const nodes: OpenNode[] = [];
  for (const some of chunks(uuids)) {
    const objects = await vnc.readAll<string>(typeName, { uuids: some, also });
    nodes.push(...objects.map((object) => ({ type: typeName, object, children: [] })));
  }
  return nodes;
}

/** The uuids of a list of children or references. */
export function uuidsIn(object: JsonObject, key: string): readonly string[] {
  const list = object[key];
  return Array.isArray(list) ? (list as readonly JsonObject[]).map(({ uuid }) => String(uuid)) : []; // Objects, by the API.
}
