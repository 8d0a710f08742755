import { importsOf, packageOf } from "./imports.ts";
import { checkRule, type Rule } from "./rule.ts";
import { codeOf } from "./source-text.ts";
import { isTestFile, sources, type Tree } from "./tree.ts";
import { manifest, type Workspace, workspaceAt, workspacesOf } from "./workspace.ts";

/** What reaches outside or differs from run to run. Types such as Date are no use without it. */
const IMPURE =
  /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|setImmediate|queueMicrotask|fetch\(|process\.|console\.|async|await|Promise\b|globalThis|crypto\.)/g;
/** Foreign libraries that only calculate. */
const PURE_LIBRARIES = ["zod"];

/** The folder of core that a file belongs to; undefined where it is no core. */
function coreFolder(path: string, own: Workspace | undefined): string | undefined {
  if (own?.layer === "core") return `${own.folder}/src/`;
  const inService = /^services\/[^/]+\/src\/core\//.exec(path);
  return inService?.[0];
}

/** "a/b/../c.ts" as "a/c.ts". */
function resolve(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

function impureImports(path: string, text: string, folder: string, workspaces: readonly Workspace[]): string[] {
  return importsOf(text)
    .filter((specifier) => {
      if (specifier.startsWith(".")) return !resolve(path, specifier).startsWith(folder);
      const target = workspaces.find(({ name }) => name === packageOf(specifier));
      return target === undefined ? !PURE_LIBRARIES.includes(specifier) : target.layer !== "core";
    })
    .map((specifier) => `${path}: imports ${specifier}`);
}

function impureCode(path: string, text: string): string[] {
  const found = [...codeOf(text).matchAll(IMPURE)].map(([match]) => `${path}: uses ${match}`);
  return [...new Set(found)];
}

const rule: Rule = {
  title: "core packages and the src/core of services are pure",
  reason: "plain data in, plain data out: then every order of events can be tested, and a result can be repeated",
  violations(tree: Tree) {
    const workspaces = workspacesOf(tree);
    return sources(tree).flatMap(([path, text]) => {
      const folder = coreFolder(path, workspaceAt(workspaces, path));
      if (folder === undefined || isTestFile(path)) return [];
      return [...impureImports(path, text, folder, workspaces), ...impureCode(path, text)];
    });
  },
};

const core = { "packages/a/package.json": manifest("@x/a", "core") };
const adapter = { "packages/b/package.json": manifest("@x/b", "adapter") };
const service = { "services/s/package.json": manifest("@x/s", "service") };
const inCore = (text: string) => ({ ...core, ...adapter, "packages/a/src/a.ts": text });
const inService = (text: string) => ({ ...core, ...service, "services/s/src/core/a.ts": text });

checkRule(rule, [
  { name: "a file read in core", files: inCore('import { readFileSync } from "node:fs";'), finds: [/imports node:fs/] },
  { name: "an adapter in core", files: inCore('import { b } from "@x/b";'), finds: [/imports @x\/b/] },
  { name: "a driver in core", files: inCore('import x from "pino";'), finds: [/imports pino/] },
  { name: "the clock in core", files: inCore("const now = Date.now();"), finds: [/uses Date.now/] },
  { name: "a promise in core", files: inCore("async function a() {}"), finds: [/uses async/] },
  { name: "chance in core", files: inCore("Math.random(); setTimeout(f, 1);"), finds: [/Math.random/, /setTimeout/] },
  {
    name: "the shell in a service's core",
    files: inService('import "../shell/x.ts";'),
    finds: [/imports \.\.\/shell/],
  },
  { name: "a timer in a service's core", files: inService("setInterval(f, 1);"), finds: [/uses setInterval/] },
  { name: "impure words in comments and texts", files: inCore('// Date.now\nconst a = "async";'), finds: [] },
  { name: "a core package in a service's core", files: inService('import "@x/a"; import "./b.ts";'), finds: [] },
]);
