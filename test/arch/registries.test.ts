import { checkRule, type Rule } from "./rule.ts";
import type { Tree } from "./tree.ts";

/** Written apart, so that this file does not hold what it looks for. */
const HOSTS = [
  ["registry", "npmjs", "org"],
  ["registry", "yarnpkg", "com"],
  ["npm", "pkg", "github", "com"],
  ["pypi", "org"],
  ["files", "pythonhosted", "org"],
  ["deb", "debian", "org"],
  ["proxy", "golang", "org"],
  ["repo1", "maven", "org"],
  ["repo", "maven", "apache", "org"],
].map((labels) => labels.join("."));

function resolvedByHost(tree: Tree): string[] {
  const lock = tree.get("package-lock.json") ?? "";
  return [...lock.matchAll(/"resolved": "(https?:\/\/[^/"]+)/g)].map(
    ([, host]) => `package-lock.json: resolved by ${host}`,
  );
}

const rule: Rule = {
  title: "no package registry is named in the tree or in the lockfile",
  reason:
    "a site installs from its own mirror, set in the machine's configuration: a host name in the tree overrides it",
  violations: (tree) => [
    ...[...tree].flatMap(([path, text]) =>
      HOSTS.filter((host) => text.includes(host)).map((host) => `${path}: names ${host}`),
    ),
    ...resolvedByHost(tree),
  ],
};

checkRule(rule, [
  {
    name: "in a script",
    files: { "deploy/a.mjs": `get("https://${HOSTS[3]}/simple")` },
    finds: [/deploy\/a\.mjs: names/],
  },
  {
    name: "in the lockfile",
    files: { "package-lock.json": '"resolved": "https://mirror.example/x.tgz"' },
    finds: [/resolved by https:\/\/mirror\.example/],
  },
  { name: "a workspace in the lockfile", files: { "package-lock.json": '"resolved": "packages/net"' }, finds: [] },
]);
