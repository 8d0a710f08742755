import { type JsonObject, objectType, underscored } from "@contrail/schema";
import { isDerived, namesIn } from "./object-name.ts";
import type { TreeNode } from "./object-tree.ts";

/** Lines of a tree: an object a line, its references behind arrows below it, then its children. */
export function treeLines(node: TreeNode, prefix = "", isRoot = true, isLast = true): readonly string[] {
  const branch = isRoot ? "" : isLast ? "└─ " : "├─ ";
  const below = isRoot ? prefix : `${prefix}${isLast ? "   " : "│  "}`;
  const names = namesIn(node.object.fq_name) ?? [];
  const shown = isRoot ? names.join(":") : (names.at(-1) ?? "");
  const mark = isDerived(node.object) ? " (made by the system)" : "";
  const stem = node.children.length > 0 ? "│" : " ";
  return [
    `${prefix}${branch}${node.type} ${shown}${mark}`,
    ...referencesOf(node).map(({ type, name }) => `${below}${stem}    → ${type} ${name}`),
    ...node.children.flatMap((child, index) => treeLines(child, below, false, index === node.children.length - 1)),
  ];
}

/** A tree for programs. */
export function treeJson(node: TreeNode): JsonObject {
  return {
    type: node.type,
    uuid: node.object.uuid,
    fq_name: node.object.fq_name,
    derived: isDerived(node.object),
    references: referencesOf(node).map(({ type, fqName }) => ({ type, fq_name: fqName })),
    children: node.children.map(treeJson),
  };
}

function referencesOf({ type, object }: TreeNode) {
  return (objectType(type)?.links ?? []).flatMap(({ to }) => {
    const list = object[`${underscored(to)}_refs`];
    const references = Array.isArray(list) ? (list as readonly JsonObject[]) : []; // References are objects.
    return references.map((reference) => {
      const fqName = namesIn(reference.to) ?? [];
      return { type: to, fqName, name: fqName.join(":") };
    });
  });
}
