import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { runContrail } from "@contrail/testkit/contrail";
import { eventually } from "@contrail/testkit/embedded";
import { missingNamespaces, SmallDisk } from "@contrail/testkit/small-disk";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openStore } from "./adapters.ts";
import { missingServers, SEED, SMALL_DISK_DIRECTORY } from "./config.ts";
import { type RunningServer, type Servers, startServers } from "./server-commands.ts";
import { portFlags } from "./server-ports.ts";
import { START_MS } from "./servers.ts";

const missing = missingServers() ?? missingNamespaces();
if (missing !== undefined) process.stderr.write(`skipped: full disk of a Cassandra node: ${missing}\n`);

const SIZE = "128m";
const NODES = ["cassandra1", "cassandra2", "cassandra3"];
const WRITERS = 6;
/** Writes before the disk is full, and after the node has ended. */
const WRITES = 60;
const ENDED_MS = 120_000;

function object(uuid: string, text: string): ConfigObject {
  const named = { type: "t", uuid, fqName: [uuid], parentType: undefined, parentUuid: undefined };
  return { ...named, revision: 0n, refs: [], properties: { text }, derived: false, epoch: 0n };
}

describe.skipIf(missing !== undefined)("the disk of one of three Cassandra nodes is full", () => {
  const name = NODES[SEED % NODES.length] ?? "";
  const where = ["--dir", SMALL_DISK_DIRECTORY, ...portFlags(inject("smallDiskPorts"))];
  let disk: SmallDisk;
  let stores: readonly ObjectStore[] = [];
  let servers: Servers;

  const up = async (): Promise<void> => {
    servers = await startServers("cassandra", where, disk.inside);
  };
  const server = (wanted: string): RunningServer => {
    const found = servers.servers.find((each) => each.name === wanted);
    if (found === undefined) throw new Error(`no ${wanted}`);
    return found;
  };

  beforeAll(async () => {
    disk = await SmallDisk.mount(join(SMALL_DISK_DIRECTORY, name), SIZE);
    await up();
    stores = [await openStore(servers, "disk_full"), await openStore(servers, "disk_full")];
  }, START_MS);

  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    // What they have is removed: an orderly end would only take longer.
    for (const { pid } of servers?.servers ?? []) if (runs(pid)) process.kill(pid, "SIGKILL");
    await runContrail(["infra", "down", "--purge", "--dir", SMALL_DISK_DIRECTORY]);
    await disk?.close();
  }, START_MS);

  test(
    "it ends, no write fails, none is lost, and it is back when there is room",
    async () => {
      const acknowledged: string[] = [];
      const numbers: bigint[] = [];
      const refused: string[] = [];
      let longestMs = 0;
      let next = 0;
      let isOver = false;
      const writer = async (index: number): Promise<void> => {
        while (!isOver) {
          const store = stores[index % stores.length];
          const uuid = `u${next++}`;
          const begunMs = performance.now();
          try {
            numbers.push((await store?.allocate({ pool: "p", owner: uuid, first: 1n, last: 100_000n })) ?? -1n);
            await store?.write(object(uuid, "x".repeat(2_000)), undefined);
            acknowledged.push(uuid);
          } catch (reason) {
            refused.push(ContrailError.from(reason).message);
          }
          longestMs = Math.max(longestMs, performance.now() - begunMs);
        }
      };
      const writers = Array.from({ length: WRITERS }, (_, index) => writer(index));
      const written = (count: number) =>
        eventually(`${count} writes`, START_MS, () => acknowledged.length >= count || refused.length > 0);
      await written(WRITES);
      const fullMs = performance.now();
      const { pid } = server(name);
      const before = acknowledged.length;
      await eventually(`the end of ${name}`, ENDED_MS, () => {
        disk.fill();
        return !runs(pid);
      });
      const endedMs = performance.now() - fullMs;
      const during = acknowledged.length - before;
      await written(acknowledged.length + WRITES);
      isOver = true;
      await Promise.all(writers);
      process.stderr.write(
        `disk full: seed ${SEED}, ${name} ended ${Math.round(endedMs)} ms after its disk was full, ` +
          `${acknowledged.length} writes acknowledged (${during} of them meanwhile), ${refused.length} refused, ` +
          `the slowest took ${Math.round(longestMs)} ms (bar 1000)\n`,
      );
      expect([...new Set(refused)]).toEqual([]);
      expect(new Set(numbers).size).toBe(numbers.length);
      const read = await Promise.all(acknowledged.map((uuid, index) => stores[index % stores.length]?.read(uuid)));
      expect(read.map((each) => each?.uuid)).toEqual(acknowledged);

      disk.free();
      const backMs = performance.now();
      await up();
      process.stderr.write(`disk full: ${name} serves ${Math.round(performance.now() - backMs)} ms after its start\n`);
      // The node that is back makes the quorum with one other: what it acknowledged before its end counts.
      const other = NODES[(SEED + 1) % NODES.length] ?? "";
      process.kill(server(other).pid, "SIGKILL");
      const found: string[] = [];
      for await (const { uuid } of stores[0]?.all() ?? []) found.push(uuid);
      expect(found.toSorted()).toEqual(acknowledged.toSorted());
      const taken = (await stores[1]?.allocations("p"))?.map(({ value }) => value);
      expect(taken).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
      await stores[0]?.write(object("after", ""), undefined);
    },
    START_MS,
  );
});

/** True while a node of ours has that pid; one that has ended, and that nobody has asked how, has no command line. */
function runs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(SMALL_DISK_DIRECTORY);
  } catch {
    return false;
  }
}
