import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { pythonSettings } from "./config.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const PORT_OF_THE_PAGE = "8082";

/** The node of the page runs in the background: what follows waits until it serves. */
const WAIT = "timeout 30 sh -c 'until [ -S \"$DIR/admin.sock\" ]; do :; done'";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** The commands of a page that are marked as run, in its order. */
function commandsOf(page: string): string[] {
  return [...page.matchAll(/<!-- run -->\n```\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
}

test("the commands of docs/access.md do what the page says", async () => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-page-"));
  writeFileSync(join(directory, "password"), "correct horse battery\n", { mode: 0o600 });
  const blocks = commandsOf(readFileSync(join(ROOT, "docs/access.md"), "utf8"));
  const port = String(await freePort());
  const script = [
    "set -e",
    `PATH=${dirname(process.execPath)}:$PATH`,
    'contrail() { node services/cli/src/main.ts "$@"; }',
    'trap \'kill "$!"; wait "$!"\' EXIT',
    ...blocks.map((block) => `${block.replaceAll(PORT_OF_THE_PAGE, port)}\n${WAIT}`),
  ].join("\n");
  const env = pythonSettings({ DIR: directory });
  try {
    const { stdout } = await promisify(execFile)("bash", ["-c", script], { cwd: ROOT, env, timeout: 120_000 });
    expect(blocks).toHaveLength(4);
    expect(stdout).toContain("user alice is added\nuser operator is added\n");
    expect(stdout).toMatch(/\noperator +admin everywhere /);
    expect(stdout).toMatch(/default-domain:shop:web\n$/);
    expect(readFileSync(join(directory, "alice.key"), "utf8")).toMatch(/^ck_/);
    // Of all networks of the cloud, alice's list holds her own.
    expect(stdout.slice(stdout.lastIndexOf("UUID")).trim().split("\n")).toHaveLength(2);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
