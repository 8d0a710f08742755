import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Files by path relative to the root, with "/" between names. The text of a binary file is empty. */
export type Tree = ReadonlyMap<string, string>;

/** What git does not hold; see .gitignore. */
const OUTSIDE = new Set([".git", "node_modules", "dist", ".turbo", ".contrail", "coverage"]);
const TEXT = /(\.(ts|mjs|json|md|py|c|h|proto|ya?ml|sh)|\/\.ci\/run|\.npmrc|\.gitignore|LICENSE)$/;

let read: Tree | undefined;

/** The repository's own files; read once a process. */
export function repository(): Tree {
  read ??= new Map(
    filesIn(ROOT).map((path) => [relative(ROOT, path), TEXT.test(path) ? readFileSync(path, "utf8") : ""]),
  );
  return read;
}

/** A tree of a few files, for samples. */
export function treeOf(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (OUTSIDE.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

/** Hand-written TypeScript (and scripts beside it) of packages, services and tests. */
export function sources(tree: Tree): readonly [path: string, text: string][] {
  return [...tree].filter(([path]) => /^(packages|services|test)\/.*\.(ts|mjs)$/.test(path) && !isGenerated(path));
}

/** Written by a program: exempt from what is asked of people. */
export function isGenerated(path: string): boolean {
  return path.includes("/src/gen/");
}

/** Runs under vitest only: tests, and what tests of one workspace share (x.arbitrary.ts, x.model.ts, folder testing). */
export function isTestFile(path: string): boolean {
  return (
    /\.(test|arbitrary|model)\.ts$|\/testing\//.test(path) ||
    path.startsWith("test/") ||
    path.startsWith("packages/testkit/")
  );
}
