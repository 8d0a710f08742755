import { expect, test } from "vitest";
import { codeOf } from "./source-text.ts";
import { repository, sources } from "./tree.ts";

test.each([
  ["a // b", "a     "],
  ["a /* b\nc */ d", "a     \n     d"],
  ["f(\"a // b\", 'c')", "f(\"      \", ' ')"],
  [`\`a \${b(\`c\`)} d\``, `\`  \${b(\` \`)}  \``],
  [`\`\${{ a: 1 }.a} b\``, `\`\${{ a: 1 }.a}  \``],
  ['x = /["/]/.test(y) / 2', "x = /    /.test(y) / 2"],
  ["'it\\'s' + a", "'     ' + a"],
])("%j without what is no code is %j", (text, code) => expect(codeOf(text)).toBe(code));

test("strings stay where only comments are to go", () => {
  expect(codeOf('import a from "b"; // c', false)).toBe('import a from "b";     ');
});

test("what is left of each source of the repository has its brackets in pairs", () => {
  const pairs = { "(": ")", "[": "]", "{": "}" } as const;
  const odd = sources(repository()).filter(([, text]) => {
    const code = codeOf(text);
    return Object.entries(pairs).some(([open, close]) => code.split(open).length !== code.split(close).length);
  });
  expect(odd.map(([path]) => path)).toEqual([]);
});
