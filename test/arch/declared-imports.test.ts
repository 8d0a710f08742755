import { importsOf, packageOf } from "./imports.ts";
import { checkRule, type Rule } from "./rule.ts";
import { isTestFile, type Tree } from "./tree.ts";
import { manifest, type Workspace, workspacesOf } from "./workspace.ts";

/** Tools that the root declares for every workspace's tests. */
const ROOT_TOOLS = ["vitest", "fast-check", "tsup"];

/** Packages imported in a workspace, with a file that does, apart for what ships and for tests. */
function imported(tree: Tree, { folder, name }: Workspace): { ships: Map<string, string>; tests: Map<string, string> } {
  const ships = new Map<string, string>();
  const tests = new Map<string, string>();
  for (const [path, text] of tree) {
    if (!path.startsWith(`${folder}/`) || !/\.(ts|mjs)$/.test(path)) continue;
    for (const specifier of importsOf(text)) {
      const target = packageOf(specifier);
      if (target !== undefined && target !== name) (isTestFile(path) ? tests : ships).set(target, path);
    }
  }
  return { ships, tests };
}

function judge(tree: Tree, workspace: Workspace): string[] {
  const { folder, dependencies, devDependencies } = workspace;
  const { ships, tests } = imported(tree, workspace);
  const undeclared = [
    ...[...ships].filter(([name]) => dependencies[name] === undefined && !ROOT_TOOLS.includes(name)),
    ...[...tests].filter(
      ([name]) => (dependencies[name] ?? devDependencies[name]) === undefined && !ROOT_TOOLS.includes(name),
    ),
  ];
  const unused = [
    ...Object.keys(dependencies).filter((name) => !ships.has(name) && !(workspace.layer === "test" && tests.has(name))),
    ...Object.keys(devDependencies).filter((name) => !tests.has(name)),
  ];
  return [
    ...undeclared.map(([name, path]) => `${path}: ${name} is not in ${folder}/package.json`),
    ...unused.map((name) => `${folder}/package.json: ${name} is declared and not imported`),
  ];
}

const rule: Rule = {
  title: "a workspace declares what it imports, and nothing else",
  reason: "turbo, the layers and the bundles are computed from package.json: what is not there is found by luck",
  violations: (tree) => workspacesOf(tree).flatMap((workspace) => judge(tree, workspace)),
};

const declaring = (more: Readonly<Record<string, unknown>>) => ({
  "packages/a/package.json": manifest("a", "core", more),
});

checkRule(rule, [
  {
    name: "an import that is not declared",
    files: { ...declaring({}), "packages/a/src/a.ts": 'import "b";' },
    finds: [/src\/a.ts: b is not in/],
  },
  {
    name: "what ships is declared for tests only",
    files: { ...declaring({ devDependencies: { b: "1" } }), "packages/a/src/a.ts": 'import "b";' },
    finds: [/b is not in/, /b is declared and not imported/],
  },
  { name: "declared and not used", files: declaring({ dependencies: { b: "1" } }), finds: [/b is declared and not/] },
  {
    name: "declared and used",
    files: { ...declaring({ dependencies: { b: "1" } }), "packages/a/src/a.ts": 'import "b/c"; import "node:fs";' },
    finds: [],
  },
]);
