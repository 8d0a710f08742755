import { checkRule, type Rule } from "./rule.ts";
import { isTestFile, sources } from "./tree.ts";

const EXPORT = /^export (?:async |abstract )?(?:function\*?|class) (\w+)/;

const rule: Rule = {
  title: "every exported function and class has a docstring",
  reason: "one sentence that adds what the type cannot: shape, unit, range, owner, order, errors, source of the bytes",
  violations: (tree) =>
    sources(tree).flatMap(([path, text]) => {
      if (isTestFile(path)) return [];
      const lines = text.split("\n");
      return lines.flatMap((line, index) => {
        const name = EXPORT.exec(line)?.[1];
        return name === undefined || lines[index - 1]?.endsWith("*/") ? [] : [`${path}: ${name}`];
      });
    }),
};

checkRule(rule, [
  {
    name: "a bare function",
    files: { "packages/a/src/a.ts": "export function bare(): void {}" },
    finds: [/a\.ts: bare/],
  },
  { name: "a bare class", files: { "packages/a/src/a.ts": "\nexport class Bare {}" }, finds: [/a\.ts: Bare/] },
  {
    name: "a described function",
    files: { "packages/a/src/a.ts": "/** Of what. */\nexport async function told(): Promise<void> {}" },
    finds: [],
  },
]);
