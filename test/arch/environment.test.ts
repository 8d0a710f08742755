import { checkRule, type Rule } from "./rule.ts";
import { codeOf } from "./source-text.ts";
import { sources } from "./tree.ts";

/** The one file of a workspace that may read it; tests of a workspace without src have it at its top. */
const READER = /^(packages|services|test)\/[^/]+\/(src\/)?config\.ts$/;

const rule: Rule = {
  title: "the environment is read in config.ts only",
  reason: "each setting has one place with its unit and default; a hidden variable is a setting that nobody finds",
  violations: (tree) =>
    sources(tree)
      .filter(
        ([path, text]) =>
          !READER.test(path) && /\bprocess\.env\b|\bprocess\[|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/.test(codeOf(text)),
      )
      .map(([path]) => `${path}: reads process.env`),
};

checkRule(rule, [
  { name: "in a shell", files: { "services/a/src/shell/x.ts": "const a = process.env.A;" }, finds: [/shell\/x\.ts/] },
  { name: "taken apart", files: { "services/a/src/x.ts": "const { env } = process;" }, finds: [/x\.ts/] },
  { name: "in config.ts", files: { "services/a/src/config.ts": "const a = process.env.A;" }, finds: [] },
  { name: "in a comment", files: { "services/a/src/x.ts": "// process.env" }, finds: [] },
]);
