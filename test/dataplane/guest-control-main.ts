import { createInterface } from "node:readline";
import { identityFiles } from "@contrail/pki";
import type { ConfigObject } from "@contrail/schema";
import { ScriptedControlNode } from "@contrail/vrouter-agent/testing";
import { fromLine } from "./ebpf-host.ts";

/**
 * `guest-control-main.ts PKI_DIRECTORY`: a control node in the namespace of a host. Prints its address; each line is a
 * list of objects that an agent gets, at once and when it comes.
 */
const node = new ScriptedControlNode("control1");
await node.start(identityFiles(process.argv[2] ?? "", { role: "control", name: "control1" }));
process.stdout.write(`${node.address}\n`);
const objects: ConfigObject[] = [];
let greeted = 0;

/** Tells every agent that has said hello since the last look all that is known. */
function greet(): void {
  const sessions = node.of("hello").length;
  if (sessions === greeted) return;
  greeted = sessions;
  node.configure(...objects);
  node.endOfConfig();
}

const looking = setInterval(greet, 50);
for await (const line of createInterface({ input: process.stdin })) {
  const added = fromLine(line) as readonly ConfigObject[]; // Written by GuestLab.
  objects.push(...added);
  if (greeted > 0) node.configure(...added);
}
clearInterval(looking);
node.stop();
