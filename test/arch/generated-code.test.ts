import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./tree.ts";

// That the comparison itself sees changed, forgotten and left-over files is tested in packages/codegen.
test("generated code equals its source", () => {
  const program = join(ROOT, "packages/codegen/src/main.ts");
  const { status, stderr } = spawnSync(process.execPath, [program, "--check"], { cwd: ROOT, encoding: "utf8" });
  const why =
    "proto/ is the source of every wire and of the object model: code that differs is edited by hand or stale";
  expect({ status, stderr }, `${why}\n${stderr}`).toEqual({ status: 0, stderr: "" });
});
