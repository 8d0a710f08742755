import { checkRule, type Rule } from "./rule.ts";
import { sources } from "./tree.ts";

/** Written apart, so that this file does not hold what it looks for. */
const MARKS = new RegExp(
  ["TO" + "DO\\b", "FIX" + "ME\\b", "\\bX" + "XX\\b", "\\bHA" + "CK\\b", "@ts-" + "[a-z]+", "biome-" + "ignore"].join(
    "|",
  ),
);

const rule: Rule = {
  title: "no source is marked as unfinished, and no tool is told to look away",
  reason: "what is not there yet stands in docs/features.md, where people look; an exception hides the next fault too",
  violations: (tree) =>
    sources(tree).flatMap(([path, text]) =>
      text.split("\n").flatMap((line, index) => {
        const mark = MARKS.exec(line)?.[0];
        return mark === undefined ? [] : [`${path}:${index + 1}: ${mark}`];
      }),
    ),
};

const sample = (line: string) => ({ "packages/a/src/a.ts": `const a = 1;\n${line}\n` });

checkRule(rule, [
  { name: "a note to oneself", files: sample("// TO" + "DO: later"), finds: [/a\.ts:2: TO/] },
  { name: "a rule switched off", files: sample("// biome-" + "ignore lint: because"), finds: [/a\.ts:2: biome/] },
  { name: "a type error switched off", files: sample("// @ts-" + "ignore"), finds: [/a\.ts:2: @ts/] },
  { name: "plain text", files: sample("// done"), finds: [] },
]);
