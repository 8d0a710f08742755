import { checkRule, type Rule } from "./rule.ts";
import { manifest, workspacesOf } from "./workspace.ts";

const rule: Rule = {
  title: "every library that ships has a note in docs/decisions",
  reason: "what it saves us, what it weighs and how we would leave it is asked once, when it comes in",
  violations(tree) {
    const notes = [...tree].filter(([path]) => path.startsWith("docs/decisions/")).map(([, text]) => text);
    const workspaces = workspacesOf(tree);
    const own = new Set(workspaces.map(({ name }) => name));
    return workspaces.flatMap(({ folder, dependencies }) =>
      Object.keys(dependencies)
        .filter((name) => !own.has(name) && !notes.some((text) => text.includes(name)))
        .map((name) => `${folder}/package.json: no decision mentions ${name}`),
    );
  },
};

const using = { "packages/a/package.json": manifest("a", "adapter", { dependencies: { left: "1.0.0" } }) };

checkRule(rule, [
  { name: "no note", files: using, finds: [/no decision mentions left/] },
  { name: "a note", files: { ...using, "docs/decisions/0001-left.md": "left: saves us the right" }, finds: [] },
]);
