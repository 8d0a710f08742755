import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const MODULE = new URL("./pino-logger.ts", import.meta.url).href;

/** What a process that logs so prints on stderr, one object a line. */
function logged(calls: string): unknown[] {
  const program = `import { createLogger } from ${JSON.stringify(MODULE)};\nconst log = createLogger("test", "info");\n${calls}`;
  const { stderr, stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  expect(stdout).toBe("");
  const lines = stderr.split("\n").filter((line) => line !== "");
  return lines.map((line): unknown => JSON.parse(line));
}

test("a line on stderr has service, message and fields, also those of its parents", () => {
  const lines = logged('log.info("plain"); log.child({ peer: "a" }).warn("fields", { count: 2 });');
  expect(lines).toEqual([
    expect.objectContaining({ level: 30, service: "test", msg: "plain" }),
    expect.objectContaining({ level: 40, service: "test", msg: "fields", peer: "a", count: 2 }),
  ]);
});

test("what is below the level is not printed", () => {
  expect(logged('log.debug("no");')).toEqual([]);
});
