import { checkRule, type Rule } from "./rule.ts";
import type { Tree } from "./tree.ts";

const FOLDER = "docs/decisions/";

/** Names of the decisions, without folder: "0001-toolchain.md". */
function names(tree: Tree): readonly string[] {
  return [...tree.keys()].filter((path) => path.startsWith(FOLDER)).map((path) => path.slice(FOLDER.length));
}

const rule: Rule = {
  title: "decisions have a number of their own, which their title repeats",
  reason: "code and people refer to a decision by its number",
  violations(tree) {
    const all = names(tree);
    return all.flatMap((name) => {
      const number = /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1];
      if (number === undefined) return [`${FOLDER}${name}: is not named NNNN-what-it-is.md`];
      const first = tree.get(FOLDER + name)?.split("\n")[0] ?? "";
      return [
        ...(all.filter((other) => other.startsWith(number)).length > 1 ? [`${FOLDER}${name}: ${number} is taken`] : []),
        ...(first.startsWith(`# ${number} `) ? [] : [`${FOLDER}${name}: its title is "${first}"`]),
      ];
    });
  },
};

const decision = (name: string, title: string) => ({ [FOLDER + name]: `${title}\n\nBecause.\n` });

checkRule(rule, [
  { name: "no number", files: decision("toolchain.md", "# Toolchain"), finds: [/is not named/] },
  { name: "another number in the title", files: decision("0001-a.md", "# 0002 A"), finds: [/its title is "# 0002 A"/] },
  {
    name: "one number twice",
    files: { ...decision("0001-a.md", "# 0001 A"), ...decision("0001-b.md", "# 0001 B") },
    finds: [/0001-a.*is taken/, /0001-b.*is taken/],
  },
  {
    name: "two decisions",
    files: { ...decision("0001-a.md", "# 0001 A"), ...decision("0002-b.md", "# 0002 B") },
    finds: [],
  },
]);
