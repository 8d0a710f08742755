import { importsOf, packageOf } from "./imports.ts";
import { checkRule, type Rule } from "./rule.ts";
import { sources } from "./tree.ts";
import { manifest, workspaceAt, workspacesOf } from "./workspace.ts";

const rule: Rule = {
  title: "services never import each other",
  reason: "they run on different machines and are replaced one by one: they talk by proto or topic only",
  violations(tree) {
    const workspaces = workspacesOf(tree);
    return sources(tree).flatMap(([path, text]) => {
      const own = workspaceAt(workspaces, path);
      if (own?.layer === "test") return [];
      return importsOf(text).flatMap((specifier) => {
        const target = workspaces.find(({ name }) => name === packageOf(specifier));
        const byPath = specifier.startsWith(".")
          ? workspaceAt(workspaces, new URL(specifier, `file:///${path}`).pathname.slice(1))
          : undefined;
        const reached = target ?? byPath;
        return reached?.layer === "service" && reached !== own ? [`${path}: imports ${specifier}`] : [];
      });
    });
  },
};

const two = {
  "services/a/package.json": manifest("@x/a", "service"),
  "services/b/package.json": manifest("@x/b", "service"),
};

checkRule(rule, [
  { name: "by name", files: { ...two, "services/a/src/a.ts": 'import "@x/b";' }, finds: [/services\/a.*@x\/b/] },
  {
    name: "by path",
    files: { ...two, "services/a/src/a.ts": 'import "../../b/src/b.ts";' },
    finds: [/services\/a.*\.\.\/b/],
  },
  { name: "a file of its own", files: { ...two, "services/a/src/a.ts": 'import "./b.ts";' }, finds: [] },
]);
