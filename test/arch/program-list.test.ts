import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./tree.ts";

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(ROOT, "deploy/setup/run.mjs"), ...args], { encoding: "utf8" });

test.each(["bench", "soak"])("%s --help names each of them in one line, and exits 0", (command) => {
  const { status, stdout, stderr } = run(command, "--help");
  expect([status, stderr]).toEqual([0, ""]);
  const shown = stdout.split("\n").filter((line) => line.startsWith("  "));
  const folders = readdirSync(join(ROOT, "test", command), { withFileTypes: true });
  const names = folders
    .filter((entry) => entry.isDirectory() && /^[a-z]/.test(entry.name) && entry.name !== "node_modules")
    .map(({ name }) => name);
  expect(shown.map((line) => line.trim().split(/ +/)[0])).toEqual(names.sort());
  for (const line of shown) expect(line).toMatch(/^ {2}[a-z-]+ +[^ `].+ .+\.$/);
});
