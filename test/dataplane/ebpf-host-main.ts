import { createInterface } from "node:readline";
import { openEbpfDataPlane } from "@contrail/dataplane-ebpf";
import { silentLogger } from "@contrail/observability";
import { type EbpfQuestion, fromLine, toLine } from "./ebpf-host.ts";

/** `ebpf-host-main.ts PIN_DIRECTORY`: the eBPF data plane of the namespace, driven by lines; destroyed at their end. */
const plane = openEbpfDataPlane({ pinDirectory: process.argv[2] ?? "", logger: silentLogger });

function answer(question: EbpfQuestion): Promise<unknown> {
  switch (question.kind) {
    case "apply":
      return plane.apply(question.batch);
    case "drops":
      return plane.drops();
    case "flows":
      return plane.flows();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = fromLine(line) as EbpfQuestion; // Written by EbpfHost.
  try {
    process.stdout.write(toLine({ value: await answer(question) }));
  } catch (reason) {
    process.stdout.write(toLine({ error: String(reason) }));
  }
}
await plane.destroy();
