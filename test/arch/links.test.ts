import { checkRule, type Rule } from "./rule.ts";
import type { Tree } from "./tree.ts";

const LINK = /\]\(([^)\s]+)\)/g;
/** A path in back quotes that begins at a folder of the top level: `packages/rib/src/rib.ts`. */
const QUOTED = /`((?:packages|services|proto|deploy|docs|test)\/[\w./-]+)`/g;

function exists(tree: Tree, path: string): boolean {
  const bare = path.replace(/\/$/, "");
  return tree.has(bare) || [...tree.keys()].some((known) => known.startsWith(`${bare}/`));
}

function broken(tree: Tree, path: string, text: string): string[] {
  const outsideCode = text.replace(/^```[\s\S]*?^```/gm, "");
  const links = [...outsideCode.matchAll(LINK)]
    .map(([, link]) => (link ?? "").replace(/#.*$/, ""))
    .filter((link) => link !== "" && !/^[a-z]+:/.test(link))
    .filter((link) => !exists(tree, new URL(link, `file:///${path}`).pathname.slice(1)));
  const quoted = [...outsideCode.matchAll(QUOTED)].map(([, name]) => name ?? "").filter((name) => !exists(tree, name));
  return [...links, ...quoted].map((target) => `${path}: ${target} is not there`);
}

const rule: Rule = {
  title: "links and paths in Markdown lead to something",
  reason: "a page that points to a file that was moved sends its reader away with nothing",
  violations: (tree) =>
    [...tree].filter(([path]) => path.endsWith(".md")).flatMap(([path, text]) => broken(tree, path, text)),
};

checkRule(rule, [
  { name: "a dead link", files: { "docs/a.md": "[b](../b.md)" }, finds: [/docs\/a\.md: \.\.\/b\.md/] },
  { name: "a dead path", files: { "a.md": "see `packages/none/src`" }, finds: [/packages\/none\/src/] },
  {
    name: "links that lead somewhere",
    files: { "docs/a.md": "[b](../b.md#part) [c](https://example.org) [d](#e) `docs/a.md` `docs`", "b.md": "" },
    finds: [],
  },
]);
