import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const BUILD = fileURLToPath(new URL("../../packages/dataplane-ebpf/bpf/build.mjs", import.meta.url));
const hasCompiler = spawnSync("clang", ["--version"], { stdio: "ignore" }).status === 0;

test.skipIf(!hasCompiler)(
  hasCompiler ? "the committed eBPF objects are what their source compiles to" : "(skipped: needs clang and llvm)",
  { timeout: 120_000 },
  () => {
    const { status, stderr } = spawnSync(process.execPath, [BUILD, "--check"], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  },
);
