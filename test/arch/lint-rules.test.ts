import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "./tree.ts";

const MANY_LINES = "  count();\n".repeat(51);
/** One violation of each rule that CONVENTIONS.md leaves to biome. */
const SAMPLES: readonly (readonly [rule: string, text: string])[] = [
  ["noExplicitAny", "export const a: any = 1;"],
  ["noNonNullAssertion", "export const b = [1][0]!;"],
  ["noEnum", "export enum C { D }"],
  ["noNamespace", "export namespace E { export const f = 1; }"],
  ["noParameterProperties", "export class G { constructor(private readonly h: number) {} }"],
  ["noDefaultExport", "export default 1;"],
  ["noExcessiveLinesPerFunction", `declare function count(): void;\nexport function i(): void {\n${MANY_LINES}}`],
  ["noFloatingPromises", "async function j(): Promise<void> {}\nexport function k(): void {\n  j();\n}"],
  [
    "useExhaustiveSwitchCases",
    'export function l(m: "n" | "o"): void {\n  switch (m) {\n    case "n":\n      break;\n  }\n}',
  ],
];

let folder: string;
let said: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "contrail-lint-"));
  copyFileSync(join(ROOT, "biome.json"), join(folder, "biome.json"));
  for (const [rule, text] of SAMPLES) writeFileSync(join(folder, `${rule}.ts`), text);
  const args = ["lint", "--vcs-enabled=false", "--reporter=github", "."];
  said = spawnSync(join(ROOT, "node_modules/.bin/biome"), args, { cwd: folder, encoding: "utf8" }).stdout.split("\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each(SAMPLES)("lint calls a violation of %s an error", (rule) => {
  expect(said).toContainEqual(
    expect.stringMatching(new RegExp(`^::error title=[^,]*/${rule},file=[^,]*/${rule}\\.ts`)),
  );
});
