import { importsOf, packageOf } from "./imports.ts";
import { checkRule, type Rule } from "./rule.ts";
import { sources } from "./tree.ts";
import { manifest, workspaceAt, workspacesOf } from "./workspace.ts";

const rule: Rule = {
  title: "across workspaces only what package.json exports is imported",
  reason: "a package's face is its index: what lies behind can be changed without looking at the whole repository",
  violations(tree) {
    const workspaces = workspacesOf(tree);
    return sources(tree).flatMap(([path, text]) => {
      const own = workspaceAt(workspaces, path);
      return importsOf(text).flatMap((specifier) => {
        if (specifier.startsWith(".")) {
          const reached = new URL(specifier, `file:///${path}`).pathname.slice(1);
          return reached.startsWith(`${own?.folder}/`) ? [] : [`${path}: ${specifier} leaves ${own?.folder}`];
        }
        const target = workspaces.find(({ name }) => name === packageOf(specifier));
        if (target === undefined) return [];
        const entrance = `.${specifier.slice(target.name.length)}`;
        return target.exports.includes(entrance) ? [] : [`${path}: ${specifier} is not exported`];
      });
    });
  },
};

const two = {
  "packages/a/package.json": manifest("@x/a", "core"),
  "packages/b/package.json": manifest("@x/b", "core", { exports: { ".": "./src/index.ts" } }),
};

checkRule(rule, [
  {
    name: "a path into another package",
    files: { ...two, "packages/a/src/a.ts": 'import "../../b/src/index.ts";' },
    finds: [/leaves packages\/a/],
  },
  {
    name: "an entrance that is not there",
    files: { ...two, "packages/a/src/a.ts": 'import "@x/b/src/inner.ts";' },
    finds: [/is not exported/],
  },
  { name: "the index", files: { ...two, "packages/a/src/a.ts": 'import "@x/b"; import "./c.ts";' }, finds: [] },
]);
