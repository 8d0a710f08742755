import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { BETTER_ANSWERS } from "./stock-plugin-differences.ts";
import { StockPluginPlayer } from "./stock-plugin-player.ts";
import { operationsOf } from "./stock-plugin-scenario.ts";

const PLUGINS: readonly (readonly [string, number])[] = [
  ["tungsten", 88],
  ["juniper-gson-fixed", 25],
  ["juniper-as-shipped", 2],
];

describe.each(PLUGINS)("the stock plugin %s", (plugin, count) => {
  let node: ConfigNodeProcess;
  beforeAll(async () => {
    node = new ConfigNodeProcess(["--trusted-listen", "127.0.0.1:0", "--trusted-sources", "127.0.0.1"]);
    await node.run();
  });
  afterAll(() => node?.stop());

  test(`gets what it needs in each of its ${count} operations`, async () => {
    const operations = operationsOf(plugin);
    expect(operations).toHaveLength(count);
    const player = new StockPluginPlayer(`http://127.0.0.1:${node.trustedPort}`);
    const differences: string[] = [];
    for (const operation of operations) differences.push(...(await player.play(operation)));
    process.stderr.write(`${plugin}: ${player.calls} calls, ${player.unchangedPuts} PUTs of what had been read\n`);
    const known = BETTER_ANSWERS.filter((difference) => difference.plugin === plugin);
    expect(differences.filter((text) => !known.some(({ matches }) => matches.test(text)))).toEqual([]);
    for (const { why, matches, count } of known) {
      expect(
        differences.filter((text) => matches.test(text)),
        why,
      ).toHaveLength(count);
    }
  });
});
