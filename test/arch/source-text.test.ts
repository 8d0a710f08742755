import { expect, test } from "vitest";
import { codeOf } from "./source-text.ts";

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
