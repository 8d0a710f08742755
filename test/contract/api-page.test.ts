import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { REPOSITORY } from "./cli-run.ts";
import { cliEnvironment } from "./config.ts";
import { ConfigNodeProcess } from "./config-node-process.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-api-page-"));
const socketPath = join(directory, "config-rest.sock");
const node = new ConfigNodeProcess(["--rest-socket", socketPath]);
const client = new VncClient({ socketPath });
const DEADLINE = { timeout: 60_000, interval: 200 };
const CONTRAIL = `contrail() { '${process.execPath}' '${REPOSITORY}/services/cli/src/main.ts' "$@"; }`;
/** The number of a route target is the next one that is free. */
const anyNumber = (text: string): string => text.replace(/target:64512:\d+/g, "target:64512:N");

function run(line: string): string {
  const env = cliEnvironment(directory, "false");
  const script = `${CONTRAIL}\n{ ${line}; } 2>&1`;
  return spawnSync("bash", ["-c", script], { cwd: directory, env, encoding: "utf8" }).stdout;
}

beforeAll(() => node.run());

afterAll(async () => {
  await node.stop();
  rmSync(directory, { recursive: true });
});

test("the commands of docs/api.md print what the page says", async () => {
  const page = readFileSync(join(REPOSITORY, "docs/api.md"), "utf8");
  writeFileSync(join(directory, "shop.yaml"), /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "");
  const blocks = [...page.matchAll(/```\n(\$ [\s\S]*?)```/g)].map(([, block = ""]) => block);
  const commands = blocks.flatMap((block) => block.split(/^\$ /m).slice(1));
  expect(commands).toHaveLength(4);
  await vi.waitFor(async () => expect((await client.list("routing-instance")).length).toBeGreaterThan(0), DEADLINE);
  for (const command of commands) {
    const [line = "", ...printed] = command.split("\n");
    // The transformer makes the system's part some time after the objects; another command would change what is printed.
    const isTree = line.includes(" tree ");
    await vi.waitFor(() => expect([line, anyNumber(run(line))]).toEqual([line, anyNumber(printed.join("\n"))]), {
      ...DEADLINE,
      ...(isTree ? {} : { timeout: 0 }),
    });
  }
});
