import { stringifyJson } from "@contrail/schema";
import { derivedTargets } from "../api/derived-targets.ts";
import { type ExportOptions, exportedObject, yamlText } from "../api/exported.ts";
import { isDerived } from "../api/object-name.ts";
import { nodesOf, readForest, readTrees, type TreeNode } from "../api/object-tree.ts";
import { treeJson, treeLines } from "../api/tree-text.ts";
import { checkType, uuidOf } from "./api-objects.ts";
import { configurationApi } from "./connection.ts";

/** Options of `api export`, as commander gives them. */
export interface ExportCommandOptions {
  readonly recursive: boolean;
  readonly uuids: boolean;
  readonly json: boolean;
}

/** `contrail api export TYPE NAME|UUID`: what `apply` takes. */
export async function apiExport(type: string, name: string, options: ExportCommandOptions): Promise<number> {
  const vnc = configurationApi();
  const uuid = await uuidOf(checkType(type), name);
  const trees = await readTrees(vnc, type, [uuid], { backReferences: false });
  const nodes = options.recursive ? [...nodesOf(trees)] : trees;
  const own = nodes.filter(({ object }) => !isDerived(object));
  const derived = await derivedTargets(vnc, own);
  const how: ExportOptions = { uuids: options.uuids, isDerivedTarget: (target) => derived.has(target) };
  const objects = own.map((node) => [node.type, exportedObject(node.type, node.object, how)] as const);
  process.stdout.write(
    options.json ? `${stringifyJson(objects.map(([key, object]) => ({ [key]: object })))}\n` : yamlText(objects),
  );
  if (derived.size > 0) {
    process.stderr.write(`left out: references to ${derived.size} objects that the system makes by itself\n`);
  }
  if (own.length === 0) process.stderr.write(`${type} ${name} is made by the system: there is nothing to export\n`);
  return own.length === 0 ? 1 : 0;
}

/** `contrail api tree [TYPE NAME|UUID]`. */
export async function apiTree(type: string | undefined, name: string | undefined, json: boolean): Promise<number> {
  const trees = await treesOf(type, name);
  if (json) process.stdout.write(`${stringifyJson(trees.map(treeJson))}\n`);
  else for (const tree of trees) process.stdout.write(`${treeLines(tree).join("\n")}\n`);
  return 0;
}

async function treesOf(type: string | undefined, name: string | undefined): Promise<readonly TreeNode[]> {
  const vnc = configurationApi();
  if (type === undefined) return readForest(vnc);
  const options = { backReferences: false };
  if (name !== undefined) return readTrees(vnc, checkType(type), [await uuidOf(type, name)], options);
  const uuids = (await vnc.list<string>(checkType(type))).map(({ uuid }) => uuid);
  return readTrees(vnc, type, uuids, options);
}
