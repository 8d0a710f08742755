import { expect, test } from "vitest";
import { checkRule, type Rule } from "./rule.ts";
import { manifest, workspacesOf } from "./workspace.ts";

const rule: Rule = {
  title: "every workspace has the version of the root, and asks for the others in it",
  reason: "the repository is released as one: two versions of a package in one bundle are two truths",
  violations(tree) {
    const { version } = JSON.parse(tree.get("package.json") ?? "{}") as { version?: string }; // npm read it.
    const workspaces = workspacesOf(tree);
    const names = new Set(workspaces.map(({ name }) => name));
    return workspaces.flatMap((workspace) => {
      const asked = Object.entries({ ...workspace.dependencies, ...workspace.devDependencies });
      return [
        ...(workspace.version === version ? [] : [`${workspace.folder}/package.json: version ${workspace.version}`]),
        ...asked
          .filter(([name, wanted]) => names.has(name) && wanted !== version)
          .map(([name, wanted]) => `${workspace.folder}/package.json: asks for ${name} ${wanted}`),
      ];
    });
  },
};

const exact: Rule = {
  title: "what ships asks for exact versions of libraries",
  reason: "a range is another program tomorrow; the lockfile alone does not reach who installs a bundle's libraries",
  violations: (tree) =>
    workspacesOf(tree).flatMap(({ folder, dependencies }) =>
      Object.entries(dependencies)
        .filter(([, wanted]) => !/^\d+\.\d+\.\d+$/.test(wanted))
        .map(([name, wanted]) => `${folder}/package.json: ${name} ${wanted}`),
    ),
};

const root = { "package.json": JSON.stringify({ version: "1.0.0" }) };

checkRule(rule, [
  {
    name: "another version",
    files: { ...root, "packages/a/package.json": manifest("a", "core", { version: "1.0.1" }) },
    finds: [/packages\/a.*1\.0\.1/],
  },
  {
    name: "a range",
    files: {
      ...root,
      "packages/a/package.json": manifest("a", "core", { dependencies: { b: "^1.0.0" } }),
      "packages/b/package.json": manifest("b", "core"),
    },
    finds: [/asks for b \^1\.0\.0/],
  },
  { name: "the same", files: { ...root, "packages/a/package.json": manifest("a", "core") }, finds: [] },
]);

checkRule(exact, [
  {
    name: "a range",
    files: { "packages/a/package.json": manifest("a", "core", { dependencies: { b: "^1.0.0" } }) },
    finds: [/packages\/a.*b \^1\.0\.0/],
  },
  {
    name: "exact",
    files: { "packages/a/package.json": manifest("a", "core", { dependencies: { b: "1.0.0" } }) },
    finds: [],
  },
]);

test("tests run on Node 24, which npm installed, whatever Node the machine has", () => {
  expect(process.version).toMatch(/^v24\./);
});
