import { matchesGlob } from "node:path";
import { checkRule, type Rule } from "./rule.ts";
import type { Tree } from "./tree.ts";

/** Patterns of all tiers: the texts in vitest.config.ts that name tests. */
function tierPatterns(tree: Tree): readonly string[] {
  const config = tree.get("vitest.config.ts") ?? "";
  return [...config.matchAll(/"([^"]*\.test\.ts)"/g)].map(([, pattern]) => pattern ?? "");
}

const rule: Rule = {
  title: "every test file belongs to a tier, and every pattern of a tier finds a test",
  reason: "a test that no tier runs is never red, and a tier that finds nothing is always green",
  violations(tree) {
    const patterns = tierPatterns(tree);
    const tests = [...tree.keys()].filter((path) => path.endsWith(".test.ts"));
    return [
      ...tests
        .filter((path) => !patterns.some((pattern) => matchesGlob(path, pattern)))
        .map((path) => `${path}: no tier`),
      ...patterns
        .filter((pattern) => !tests.some((path) => matchesGlob(path, pattern)))
        .map((pattern) => `vitest.config.ts: ${pattern} finds no test`),
    ];
  },
};

const config = {
  "vitest.config.ts": 'include: ["packages/*/src/**/*.test.ts", "test/{contract,interop}/**/*.test.ts"]',
};
const unit = { "packages/a/src/a.test.ts": "" };
const contract = { "test/contract/b.test.ts": "" };

checkRule(rule, [
  {
    name: "a test in a folder that no tier has",
    files: { ...config, ...unit, ...contract, "test/other/c.test.ts": "" },
    finds: [/test\/other\/c\.test\.ts: no tier/],
  },
  { name: "a tier without a test", files: { ...config, ...unit }, finds: [/\{contract,interop\}.* finds no test/] },
  { name: "tests of both tiers", files: { ...config, ...unit, ...contract }, finds: [] },
]);
