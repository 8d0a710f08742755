import { rmSync } from "node:fs";
import { fillFile, missingNamespaces } from "@contrail/testkit/small-disk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigNodeProcess } from "./config-node-process.ts";

const SIZE = "32m";
const BEFORE = 20;
const REFUSALS = 20;
const DEADLINE_MS = 30_000;

const MOUNT = `mount -t tmpfs -o size=${SIZE} none "$0" && exec "$@"`;
const missing = missingNamespaces();
if (missing !== undefined) process.stderr.write(`SKIPPED a full disk: ${missing}\n`);

describe.skipIf(missing !== undefined)("a configuration node whose disk is full", () => {
  let node: ConfigNodeProcess;
  /** A file that takes the room. */
  let ballast = "";

  beforeAll(async () => {
    node = new ConfigNodeProcess([], (directory) => ["unshare", "-Urm", "sh", "-c", MOUNT, directory]);
    await node.run();
    ballast = `/proc/${node.pid}/root${node.directory}/ballast`;
  });

  afterAll(() => node?.stop());

  const create = async (name: string): Promise<Response> => {
    const body = JSON.stringify({ "virtual-network": { fq_name: ["default-domain", "default-project", name] } });
    return fetch(`http://127.0.0.1:${node.port}/virtual-networks`, { method: "POST", body });
  };
  const idOf = async (name: string): Promise<number> => {
    const body = JSON.stringify({ type: "virtual-network", fq_name: ["default-domain", "default-project", name] });
    return (await fetch(`http://127.0.0.1:${node.port}/fqname-to-id`, { method: "POST", body })).status;
  };
  const status = async () =>
    (await (await fetch(`http://127.0.0.1:${node.introspectPort}/status`)).json()) as Record<string, unknown>;

  test("refuses writes with 503, serves reads, and goes on by itself when there is room again", async () => {
    const acknowledged: string[] = [];
    for (let index = 0; index < BEFORE; index++) {
      const name = `before${index}`;
      expect((await create(name)).status).toBe(200);
      acknowledged.push(name);
    }
    fillFile(ballast);
    const refused: string[] = [];
    const texts = new Set<string>();
    for (let index = 0; refused.length < REFUSALS; index++) {
      const name = `full${index}`;
      const answer = await create(name);
      const text = await answer.text();
      // Blocks that the databases have already hold some more.
      if (answer.status === 200) acknowledged.push(name);
      else {
        expect([answer.status, answer.headers.get("retry-after")], text).toEqual([503, "1"]);
        texts.add(text);
        refused.push(name);
      }
      expect(index).toBeLessThan(10_000);
      fillFile(ballast);
    }
    expect([...texts].filter((text) => !/full/.test(text))).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${node.port}/virtual-networks`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${node.introspectPort}/healthz`)).status).toBe(200);
    expect(node.isAlive).toBe(true);

    rmSync(ballast);
    const begunMs = performance.now();
    const first = await retried("after");
    acknowledged.push("after");
    process.stderr.write(
      `disk full: ${acknowledged.length} writes acknowledged, ${refused.length} refused ("${[...texts].join('", "')}"); ` +
        `${Math.round(performance.now() - begunMs)} ms after there was room again the first one was taken\n`,
    );
    expect(first).toBe(200);
    for (const name of acknowledged) expect([name, await idOf(name)]).toEqual([name, 200]);
    for (const name of refused) expect([name, await idOf(name)]).toEqual([name, 404]);
    await rested();
  });

  const retried = async (name: string): Promise<number> => {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const { status: given } = await create(name);
      if (given === 200 || Date.now() > deadline) return given;
    }
  };

  /** Everything is on the log, and derived. */
  const rested = async (): Promise<void> => {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const shown = await status();
      if (shown.unpublished === 0 && shown.leading === true && shown.derivedPending === 0) return;
      if (Date.now() > deadline) throw new Error(`the node did not come to rest: ${JSON.stringify(shown)}`);
    }
  };
});
