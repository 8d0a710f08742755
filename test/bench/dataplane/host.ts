// Stands for a host's agent: opens the data plane in the kernel, writes its tables, ages flows, reads counters.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { openEbpfDataPlane, programCosts } from "@contrail/dataplane-ebpf";
import { silentLogger } from "@contrail/observability";
import type { HostState, HostTask } from "./host-protocol.ts";
import { INTERFACE_ID, overlayTables } from "./overlay-tables.ts";

const AGEING_MS = 1_000;

const [pinDirectory = "", hostNumber = ""] = process.argv.slice(2);
const plane = openEbpfDataPlane({ pinDirectory, logger: silentLogger });
await plane.apply(overlayTables(hostNumber === "1" ? 1 : 2));
// As the agent does; on another CPU than the ends where there is one.
const ageing = setInterval(() => void plane.ageFlows(), AGEING_MS);
answer({ kind: "ready" });

for await (const line of createInterface({ input: process.stdin })) {
  const task: HostTask = JSON.parse(line); // Written by ours.ts.
  switch (task.kind) {
    case "state":
      answer(await state(task.port));
      break;
    case "costs":
      answer(programCosts());
      break;
    case "destroy":
      clearInterval(ageing);
      await plane.destroy();
      answer({ kind: "destroyed" });
  }
}

function answer(message: unknown): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

async function state(port: number): Promise<HostState> {
  const counters = (await plane.interfaceCounters()).get(INTERFACE_ID);
  const flows = await plane.flows();
  return {
    receivedPackets: counters?.receivedPackets ?? 0,
    receivedBytes: counters?.receivedBytes ?? 0,
    sentPackets: counters?.sentPackets ?? 0,
    drops: Object.fromEntries(await plane.drops()),
    flows: flows.filter(({ key }) => key.sourcePort === port || key.destinationPort === port).length,
    flowPackets: flows.reduce((sum, flow) => sum + flow.packets, 0),
  };
}
