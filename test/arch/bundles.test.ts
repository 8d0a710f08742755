import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { ROOT, repository } from "./tree.ts";
import { workspacesOf } from "./workspace.ts";

const run = promisify(execFile);
const services = workspacesOf(repository()).filter(({ layer }) => layer === "service");

/** What images run: each service as one file of ours, with foreign packages beside it. */
describe("the bundle", { timeout: 120_000 }, () => {
  beforeAll(async () => {
    const turbo = join(ROOT, "node_modules/.bin/turbo");
    await run(turbo, ["run", "build", "--output-logs=errors-only", "--no-daemon"], { cwd: ROOT });
  }, 120_000);

  test.each(services)("of $folder starts and prints its help", async ({ folder }) => {
    const { stdout } = await run(process.execPath, [join(ROOT, folder, "dist/main.js"), "--help"]);
    expect(stdout).toMatch(/--help|--[a-z-]+ VALUE/);
  });

  test("of the configuration node opens its store and its log, and ends when asked to", async () => {
    const data = mkdtempSync(join(tmpdir(), "contrail-bundle-"));
    const sockets = ["--rest-socket", join(data, "rest"), "--introspect-socket", join(data, "introspect")];
    const listeners = ["--rest-listen", "127.0.0.1:0", "--introspect-listen", "127.0.0.1:0"];
    const program = join(ROOT, "services/config-node/dist/main.js");
    const child = spawn(
      process.execPath,
      [program, "--data-dir", data, "--log-level", "silent", ...listeners, ...sockets],
      {
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      },
    );
    try {
      const [message] = await Promise.race([once(child, "message"), once(child, "exit")]);
      expect(message).toEqual({ kind: "ready" });
      child.kill("SIGTERM");
      expect(await once(child, "exit")).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
      rmSync(data, { recursive: true, force: true });
    }
  });
});
