import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

const MODULE = new URL("./run-service.ts", import.meta.url).href;
/** Keeps the process up until it is stopped; says when that was. */
const RUNS = `() => {
  const up = setInterval(() => {}, 60_000);
  return Promise.resolve({ stop: () => { clearInterval(up); process.stdout.write("stopped"); return Promise.resolve(); } });
}`;

/** A service process whose start function is the given JavaScript. */
function service(start: string): ChildProcess {
  const program = `import { runService } from ${JSON.stringify(MODULE)};\nawait runService("test", ${start});`;
  const args = ["--input-type=module", "--eval", program];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
}

/** Exit code, and all that was printed on each stream. */
async function end(child: ChildProcess): Promise<{ code: unknown; out: string; err: string }> {
  const [[code], out, err] = await Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

async function text(stream: NodeJS.ReadableStream | null): Promise<string> {
  let whole = "";
  for await (const chunk of stream ?? []) whole += chunk.toString();
  return whole;
}

test.each(["SIGTERM", "SIGINT"] as const)("a running service tells its parent and stops on %s", async (signal) => {
  const child = service(RUNS);
  const ended = end(child);
  expect(await once(child, "message")).toEqual([{ kind: "ready" }, undefined]);
  child.kill(signal);
  expect(await ended).toMatchObject({ code: 0, out: "stopped" });
});

test("a service stops when its parent is gone", async () => {
  const child = service(RUNS);
  const ended = end(child);
  await once(child, "message");
  child.disconnect();
  expect(await ended).toMatchObject({ code: 0, out: "stopped" });
});

test("a start that fails prints one line and exits 1", async () => {
  const ended = await end(service('() => Promise.reject(new Error("no disk"))'));
  expect(ended).toEqual({ code: 1, out: "", err: "test: cannot start: no disk\n" });
});

test("a stop that fails says so and exits 1", async () => {
  const child = service(
    '() => Promise.resolve({ up: setInterval(() => {}, 60_000), stop: () => Promise.reject(new Error("stuck")) })',
  );
  const ended = end(child);
  await once(child, "message");
  child.kill("SIGTERM");
  expect(await ended).toEqual({ code: 1, out: "", err: "test: stop failed: stuck\n" });
});
