import { checkRule, type Rule } from "./rule.ts";
import { manifest, workspacesOf } from "./workspace.ts";

const LONGEST = 30;

const rule: Rule = {
  title: `every package, service and test workspace has a README of at most ${LONGEST} lines`,
  reason: "purpose, invariants and what it must not do, on one screen, where the reader already is",
  violations: (tree) =>
    workspacesOf(tree).flatMap(({ folder }) => {
      const text = tree.get(`${folder}/README.md`);
      if (text === undefined) return [`${folder}: no README.md`];
      const lines = text.trimEnd().split("\n").length;
      return lines > LONGEST ? [`${folder}/README.md: ${lines} lines`] : [];
    }),
};

const workspace = { "packages/a/package.json": manifest("a", "core") };

checkRule(rule, [
  { name: "none", files: workspace, finds: [/packages\/a: no README/] },
  { name: "31 lines", files: { ...workspace, "packages/a/README.md": "x\n".repeat(31) }, finds: [/31 lines/] },
  { name: "30 lines", files: { ...workspace, "packages/a/README.md": "x\n".repeat(30) }, finds: [] },
]);
