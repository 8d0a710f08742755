import { checkRule, type Rule } from "./rule.ts";

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)+$/;
const EMPTY_WORDS = /^(utils?|helpers?|common|shared|types|misc|lib)(\.|$)/;

const names: Rule = {
  title: "files of code have names in kebab-case",
  reason: "one form on every file system, and the name of the one thing in it",
  violations: (tree) =>
    [...tree.keys()].filter(
      (path) => /\.(ts|mjs|c|h)$/.test(path) && !path.includes("/src/gen/") && !KEBAB.test(baseName(path)),
    ),
};

const emptyNames: Rule = {
  title: "no file or folder is named utils, helpers, common, shared or types",
  reason: "such a name says nothing about its content, so everything ends up in it: name the thing",
  violations: (tree) => [...tree.keys()].filter((path) => path.split("/").some((part) => EMPTY_WORDS.test(part))),
};

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

checkRule(names, [
  { name: "camel case", files: { "packages/a/src/bestPath.ts": "" }, finds: [/bestPath/] },
  { name: "snake case", files: { "packages/a/src/best_path.ts": "" }, finds: [/best_path/] },
  { name: "kebab-case", files: { "packages/a/src/best-path.test.ts": "", "README.md": "" }, finds: [] },
]);
checkRule(emptyNames, [
  { name: "utils.ts", files: { "packages/a/src/utils.ts": "" }, finds: [/utils/] },
  { name: "a folder helpers", files: { "packages/a/src/helpers/x.ts": "" }, finds: [/helpers/] },
  { name: "a name with a meaning", files: { "packages/a/src/attribute-type.ts": "" }, finds: [] },
]);
