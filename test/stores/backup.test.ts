import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigNodeProcess } from "@contrail/test-contract";
import { runContrail } from "@contrail/testkit/contrail";
import { expect, test } from "vitest";
import { openStore } from "./adapters.ts";
import { missingServers } from "./config.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: backup across stores ${missing}\n`);

test.skipIf(missing !== undefined)(
  "what a node on SQLite had goes into Cassandra, and comes out the same, byte by byte",
  { timeout: 2 * START_MS },
  async () => {
    const { cassandraContactPoints } = await upServers("cassandra");
    const keyspace = `backup_${process.pid}`;
    const node = await ConfigNodeProcess.start();
    try {
      await node.end();
      const [first, second] = [join(node.directory, "first.jsonl"), join(node.directory, "second.jsonl")];
      const cassandra = [
        ...["--store", "cassandra", "--cassandra-contact-points", cassandraContactPoints],
        ...["--cassandra-keyspace", keyspace, "--data-dir", node.directory],
      ];
      const run = async (...args: string[]): Promise<void> => {
        const { code, stderr } = await runContrail(args);
        expect(code, `${args.join(" ")}: ${stderr}`).toBe(0);
      };
      await run("backup", first, "--", "--data-dir", node.directory);
      await run("restore", first, "--", ...cassandra);
      await run("backup", second, "--", ...cassandra);
      expect(readFileSync(second, "utf8").split("\n")).toEqual(readFileSync(first, "utf8").split("\n"));
      // The next owner of a number is not given one of those that are taken.
      const store = await openStore({ cassandraContactPoints, kafkaBrokers: "", servers: [] }, keyspace);
      const taken = (await store.allocations("virtual-network-id")).map(({ value }) => value);
      const next = await store.allocate({ pool: "virtual-network-id", owner: "next", first: 1n, last: 0xffffffn });
      expect(taken).not.toContain(next);
      expect(taken.length).toBeGreaterThan(0);
      await store.close();
    } finally {
      await node.stop();
    }
  },
);
