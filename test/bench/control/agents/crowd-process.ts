// Many agents in one process, told what to do by JSON lines: see crowd-protocol.ts.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { type CrowdAnswer, type CrowdCommand, monotonicMs } from "./crowd-protocol.ts";
import { LightAgent } from "./light-agent.ts";
import type { AgentCounts } from "./message-count.ts";

/** Sessions that are opened at a time. */
const OPENED_AT_ONCE = 50;

const [pkiDirectory = "", controlNode = "", instance = "", first = "", count = ""] = process.argv.slice(2);
const home = { pkiDirectory, controlNode, instance };
const agents: LightAgent[] = [];

async function open(): Promise<void> {
  while (agents.length < Number(count)) {
    const more = Math.min(OPENED_AT_ONCE, Number(count) - agents.length);
    const opened = Array.from({ length: more }, (_, index) => {
      return new LightAgent(home, Number(first) + agents.length + index);
    });
    agents.push(...opened);
    await Promise.all(opened.map((agent) => agent.heard("endsOfRib", 1)));
  }
}

async function heard(what: keyof AgentCounts, number: number): Promise<void> {
  await Promise.all(agents.map((agent) => agent.heard(what, number)));
  answer({ atMs: monotonicMs(), most: Math.max(...agents.map(({ counts }) => counts[what])) });
}

function answer(message: CrowdAnswer): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

await open();
await heard("endsOfRib", 1);
for await (const line of createInterface({ input: process.stdin })) {
  const command: CrowdCommand = JSON.parse(line); // Written by agent-crowd.ts.
  switch (command.kind) {
    case "publish":
      for (const agent of agents) agent.publish();
      break;
    case "withdraw":
      for (const agent of agents) agent.withdraw();
      break;
    case "await":
      await heard(command.what, command.count);
  }
}
