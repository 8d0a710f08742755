import { checkRule, type Rule } from "./rule.ts";
import type { Tree } from "./tree.ts";

const PAGE = "docs/features.md";
const STATES = ["works", "partly", "not yet"];

/** Cells of the page's rows `| feature | state | test |`, without heads and rulers. */
function rows(text: string): readonly (readonly string[])[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([first]) => first !== "feature" && !/^:?-+:?$/.test(first ?? ""));
}

function judge(tree: Tree, [feature, state, proof]: readonly string[]): string[] {
  const at = `${PAGE}: "${feature}"`;
  if (!STATES.includes(state ?? "")) return [`${at} has state "${state}", not one of ${STATES.join(", ")}`];
  if (state !== "works") return [];
  const named = [...(proof ?? "").matchAll(/[\w.-]+(\/[\w.-]+)+/g)].map(([path]) => path);
  if (named.length === 0) return [`${at} works and names no test`];
  return named.filter((path) => !isTest(tree, path)).map((path) => `${at} names ${path}, where no test is`);
}

/** True for a test file, and for a folder that holds one. */
function isTest(tree: Tree, path: string): boolean {
  return [...tree.keys()].some((file) => file.endsWith(".test.ts") && (file === path || file.startsWith(`${path}/`)));
}

const rule: Rule = {
  title: "every feature that works names a test that is there",
  reason: "a claim without a test is a hope: say partly or not yet",
  violations(tree) {
    const text = tree.get(PAGE);
    if (text === undefined) return [`${PAGE}: is not there`];
    const found = rows(text);
    return found.length === 0 ? [`${PAGE}: has no rows`] : found.flatMap((row) => judge(tree, row));
  },
};

const page = (row: string) => ({ [PAGE]: `| feature | state | test |\n|---|---|---|\n${row}\n` });

checkRule(rule, [
  { name: "no page", files: {}, finds: [/is not there/] },
  { name: "no rows", files: page(""), finds: [/has no rows/] },
  { name: "works without a test", files: page("| DHCP | works | |"), finds: [/"DHCP" works and names no test/] },
  {
    name: "a test that is gone",
    files: page("| DHCP | works | `test/a.test.ts` |"),
    finds: [/names test\/a\.test\.ts/],
  },
  {
    name: "a folder without a test",
    files: { ...page("| DHCP | works | test/a |"), "test/a/b.ts": "" },
    finds: [/names test\/a, where no test is/],
  },
  { name: "an unknown state", files: page("| DHCP | done | |"), finds: [/state "done"/] },
  {
    name: "true rows",
    files: {
      ...page("| DHCP | works | `test/a.test.ts` |\n| ARP | works | test/b |\n| DNS | not yet | |"),
      "test/a.test.ts": "",
      "test/b/c.test.ts": "",
    },
    finds: [],
  },
]);
