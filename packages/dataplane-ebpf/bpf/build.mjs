// Compiles the eBPF objects, which are committed: `npm run objects -w packages/dataplane-ebpf`.
// With --check it compares instead, and tells by its exit code. The same bytes come out in every folder.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DROP_REASONS } from "@contrail/forwarding";

const HERE = dirname(fileURLToPath(import.meta.url));
const FLAGS = ["-O2", "-g", "-Wall", "-Werror", "-Wno-address-of-packed-member", "-target", "bpf", "-mcpu=v3"];
const REPRODUCIBLE = [`-ffile-prefix-map=${HERE}=.`, "-fdebug-compilation-dir=."];
const OBJECTS = [
  ["vrouter.bpf.o", []],
  ["vrouter-test.bpf.o", ["-DTEST_BUILD"]],
];

const check = process.argv.includes("--check");
const directory = mkdtempSync(join(tmpdir(), "vrouter-bpf-"));
let different = 0;
try {
  put("drop-reasons.h", Buffer.from(dropReasonsHeader()));
  for (const [name, extra] of OBJECTS) {
    const out = join(directory, name);
    const include = `-I/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
    const args = [...FLAGS, ...REPRODUCIBLE, include, ...extra, "-c", "vrouter.bpf.c", "-o", out];
    execFileSync("clang", args, { cwd: HERE, stdio: "inherit" });
    execFileSync("llvm-strip", ["-g", out], { stdio: "inherit" }); // Keeps BTF, which the loader needs.
    put(name, readFileSync(out));
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exitCode = different > 0 ? 1 : 0;

/** Writes a file of this folder, or says that it differs. */
function put(name, bytes) {
  const path = join(HERE, name);
  if (!check) writeFileSync(path, bytes);
  else if (!readFileSync(path).equals(bytes)) {
    different += 1;
    process.stderr.write(`${name} differs from its source: run npm run objects -w packages/dataplane-ebpf\n`);
  }
}

/** Numbers of the drop reasons, from the list of packages/forwarding. */
function dropReasonsHeader() {
  const lines = DROP_REASONS.map((name, index) => `#define DROP_${name} ${index}`);
  return `/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */\n/* Made by build.mjs. */\n#pragma once\n${lines.join("\n")}\n`;
}
