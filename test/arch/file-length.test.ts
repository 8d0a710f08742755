import { checkRule, type Rule } from "./rule.ts";
import { isGenerated, type Tree } from "./tree.ts";

const LONGEST = 500;
const LONG = 400;
const MEDIAN = 120;

function lengths(tree: Tree): readonly { readonly path: string; readonly lines: number }[] {
  return [...tree]
    .filter(([path]) => /\.(ts|mjs|c|h|py)$/.test(path) && !isGenerated(path))
    .map(([path, text]) => ({ path, lines: text.split("\n").length - 1 }));
}

const longest: Rule = {
  title: `no file is longer than ${LONGEST} lines`,
  reason: "a file holds one thing and is read whole; generated code in src/gen is exempt",
  violations: (tree) =>
    lengths(tree)
      .filter(({ lines }) => lines > LONGEST)
      .map(({ path, lines }) => `${path}: ${lines} lines`),
};

const usual: Rule = {
  title: `the median is at most ${MEDIAN} lines and 95 % of files are under ${LONG}`,
  reason: "small files are the habit, not the exception: split by the things they hold",
  violations(tree) {
    const sorted = lengths(tree)
      .map(({ lines }) => lines)
      .sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const long = sorted.filter((lines) => lines >= LONG).length;
    return [
      ...(median > MEDIAN ? [`median: ${median} lines`] : []),
      ...(long * 20 > sorted.length ? [`${long} of ${sorted.length} files have ${LONG} lines or more`] : []),
    ];
  },
};

const lines = (count: number): string => "x\n".repeat(count);

checkRule(longest, [
  { name: "501 lines", files: { "packages/a/src/a.ts": lines(501) }, finds: [/a\.ts: 501 lines/] },
  { name: "500 lines", files: { "packages/a/src/a.ts": lines(500) }, finds: [] },
  { name: "501 generated lines", files: { "packages/a/src/gen/a.ts": lines(501) }, finds: [] },
]);
checkRule(usual, [
  {
    name: "a median of 121",
    files: { "a.ts": lines(121), "b.ts": lines(121), "c.ts": lines(1) },
    finds: [/median: 121/],
  },
  {
    name: "one of three long",
    files: { "a.ts": lines(400), "b.ts": lines(1), "c.ts": lines(1) },
    finds: [/1 of 3 files/],
  },
  { name: "short files", files: { "a.ts": lines(120), "b.ts": lines(1), "c.h": lines(399) }, finds: [] },
]);
