import { checkRule, type Rule } from "./rule.ts";
import { codeOf } from "./source-text.ts";
import { isTestFile, sources } from "./tree.ts";
import { manifest, workspaceAt, workspacesOf } from "./workspace.ts";

const BARE = /\b(Date\.now|new Date\(\)|performance\.now|setTimeout|setInterval)\b/g;
/** The outermost shell: a person's tool, its supervisor and its probes; nothing above it could hand it a clock. */
const OUTERMOST = "services/cli/";

const rule: Rule = {
  title: "outside adapters, time comes from the Clock that is handed in",
  reason:
    "a timer or a date taken from the machine cannot be held by a test, and outlives the signal that ends its owner",
  violations(tree) {
    const workspaces = workspacesOf(tree);
    return sources(tree).flatMap(([path, text]) => {
      if (isTestFile(path) || path.startsWith(OUTERMOST)) return [];
      if (workspaceAt(workspaces, path)?.layer === "adapter") return [];
      return [...codeOf(text).matchAll(BARE)].map(([match]) => `${path}: uses ${match}`);
    });
  },
};

const layer = (name: string, folder: string) => ({ [`${folder}/package.json`]: manifest("a", name) });

checkRule(rule, [
  {
    name: "a timer in a service's shell",
    files: { ...layer("service", "services/a"), "services/a/src/shell/x.ts": "setTimeout(f, 1);" },
    finds: [/x\.ts: uses setTimeout/],
  },
  {
    name: "a date in a port",
    files: { ...layer("port", "packages/a"), "packages/a/src/x.ts": "const now = Date.now();" },
    finds: [/x\.ts: uses Date\.now/],
  },
  {
    name: "a timer in an adapter",
    files: { ...layer("adapter", "packages/a"), "packages/a/src/x.ts": "setTimeout(f, 1);" },
    finds: [],
  },
]);
