import { checkRule, type Rule } from "./rule.ts";
import { manifest, type Workspace, workspacesOf } from "./workspace.ts";

/** A path of dependencies that comes back to where it began. */
function cycleFrom(start: Workspace, workspaces: readonly Workspace[]): readonly string[] | undefined {
  const seen = new Set<string>();
  const walk = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (name === start.name && path.length > 0) return [...path, name];
    if (seen.has(name)) return undefined;
    seen.add(name);
    const dependencies = workspaces.find((workspace) => workspace.name === name)?.dependencies ?? {};
    for (const next of Object.keys(dependencies)) {
      const found = walk(next, [...path, name]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start.name, []);
}

const rule: Rule = {
  title: "workspaces do not depend on each other in a circle",
  reason: "two packages in a circle are one package that cannot be understood, tested or replaced by halves",
  violations(tree) {
    const workspaces = workspacesOf(tree);
    return workspaces.flatMap((workspace) => {
      const cycle = cycleFrom(workspace, workspaces);
      return cycle === undefined ? [] : [`${workspace.folder}/package.json: ${cycle.join(" → ")}`];
    });
  },
};

const needs = (name: string) => ({ dependencies: { [name]: "1.0.0" } });

checkRule(rule, [
  {
    name: "a circle of two",
    files: {
      "packages/a/package.json": manifest("a", "core", needs("b")),
      "packages/b/package.json": manifest("b", "core", needs("a")),
    },
    finds: [/a → b → a/, /b → a → b/],
  },
  {
    name: "a line",
    files: {
      "packages/a/package.json": manifest("a", "core", needs("b")),
      "packages/b/package.json": manifest("b", "core"),
    },
    finds: [],
  },
]);
