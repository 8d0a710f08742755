import { importsOf } from "./imports.ts";
import { checkRule, type Rule } from "./rule.ts";
import type { Tree } from "./tree.ts";
import { manifest, type Workspace, workspacesOf } from "./workspace.ts";

/** The name of a port's contract suite; undefined where it has none. */
function suiteOf(tree: Tree, port: Workspace): string | undefined {
  return /export const (\w+_CONTRACT)\b/.exec(tree.get(`${port.folder}/src/contract.ts`) ?? "")?.[1];
}

/** True where a test names the suite and lies in the adapter or imports it. */
function isRun(tree: Tree, suite: string, adapter: Workspace): boolean {
  return [...tree].some(([path, text]) => {
    if (!path.endsWith(".test.ts") || !new RegExp(`\\b${suite}\\b`).test(text)) return false;
    return path.startsWith(`${adapter.folder}/`) || importsOf(text).includes(adapter.name);
  });
}

const rule: Rule = {
  title: "every adapter that is named after a port (store-sqlite) runs the port's contract suite",
  reason:
    "services are written against the port: what one adapter promises and another does not is found in production",
  violations(tree) {
    const workspaces = workspacesOf(tree);
    return workspaces.flatMap((port) => {
      const suite = port.layer === "port" ? suiteOf(tree, port) : undefined;
      if (suite === undefined) return [];
      return workspaces
        .filter(({ layer, name }) => layer === "adapter" && name.startsWith(`${port.name}-`))
        .filter((adapter) => !isRun(tree, suite, adapter))
        .map((adapter) => `${adapter.folder}: no test runs ${suite}`);
    });
  },
};

const port = {
  "packages/store/package.json": manifest("@x/store", "port"),
  "packages/store/src/contract.ts": "export const STORE_CONTRACT = [];",
};
const adapter = {
  "packages/disk/package.json": manifest("@x/store-disk", "adapter"),
};
const runs = 'import { STORE_CONTRACT } from "@x/store";';

checkRule(rule, [
  {
    name: "an adapter that runs nothing",
    files: { ...port, ...adapter },
    finds: [/packages\/disk: no test runs STORE_CONTRACT/],
  },
  {
    name: "a test of another adapter only",
    files: { ...port, ...adapter, "test/other/a.test.ts": `${runs}\nimport "@x/tape";` },
    finds: [/packages\/disk: no test runs/],
  },
  {
    name: "one that uses the port",
    files: { ...port, "packages/copy/package.json": manifest("@x/copy", "adapter") },
    finds: [],
  },
  { name: "a test beside the adapter", files: { ...port, ...adapter, "packages/disk/src/a.test.ts": runs }, finds: [] },
  {
    name: "a test elsewhere that imports the adapter",
    files: { ...port, ...adapter, "test/contract/a.test.ts": `${runs}\nimport "@x/store-disk";` },
    finds: [],
  },
]);
