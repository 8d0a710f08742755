import { importsOf, packageOf } from "./imports.ts";
import { checkRule, type Rule } from "./rule.ts";
import { isTestFile, sources } from "./tree.ts";
import { manifest, workspaceAt, workspacesOf } from "./workspace.ts";

/** What each layer may import. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  core: ["core"],
  port: ["core", "port"],
  adapter: ["core", "port", "adapter"],
  service: ["core", "port", "adapter"],
  test: ["core", "port", "adapter", "service", "test"],
};

const rule: Rule = {
  title: "every workspace names its layer, and imports go downward: service, adapter, port, core",
  reason: "what decides must not depend on what does: core is tested without a machine, adapters are replaced whole",
  violations(tree) {
    const workspaces = workspacesOf(tree);
    const unnamed = workspaces
      .filter(({ layer }) => BELOW[layer ?? ""] === undefined)
      .map(({ folder, layer }) => `${folder}/package.json: contrail.layer is ${layer}`);
    const upward = sources(tree).flatMap(([path, text]) => {
      const own = workspaceAt(workspaces, path);
      const allowed = isTestFile(path) ? BELOW.test : BELOW[own?.layer ?? ""];
      return importsOf(text).flatMap((specifier) => {
        const target = workspaces.find(({ name }) => name === packageOf(specifier));
        if (target?.layer === undefined || allowed === undefined || allowed.includes(target.layer)) return [];
        return [`${path}: ${own?.layer} imports ${specifier}, which is ${target.layer}`];
      });
    });
    return [...unnamed, ...upward];
  },
};

const a = (layer: string) => ({ "packages/a/package.json": manifest("@x/a", layer) });
const b = (layer: string) => ({ "packages/b/package.json": manifest("@x/b", layer) });
const importing = { "packages/a/src/a.ts": 'import { b } from "@x/b";' };

checkRule(rule, [
  { name: "no layer", files: { "packages/a/package.json": "{}" }, finds: [/packages\/a.*layer is undefined/] },
  { name: "core imports port", files: { ...a("core"), ...b("port"), ...importing }, finds: [/core imports @x\/b/] },
  { name: "port imports adapter", files: { ...a("port"), ...b("adapter"), ...importing }, finds: [/port imports/] },
  { name: "adapter imports test", files: { ...a("adapter"), ...b("test"), ...importing }, finds: [/adapter imports/] },
  { name: "adapter imports port", files: { ...a("adapter"), ...b("port"), ...importing }, finds: [] },
  {
    name: "a test of core uses the test kit",
    files: { ...a("core"), ...b("test"), "packages/a/src/a.test.ts": 'import "@x/b";' },
    finds: [],
  },
]);
