import type { TestBench } from "@contrail/dataplane-ebpf/test-bench";
import { createForwarder, type FlowEntry, type Forwarder, type Outcome } from "@contrail/forwarding";
import { type Reach, runStep, type Scenario, type Step } from "@contrail/testkit/dataplane";

const SECOND_NS = 1_000_000_000n;
/** Waits after the last packet, around each idle limit of PIPELINE.md. */
const AGE_AFTER_SECONDS: readonly bigint[] = [9n, 11n, 61n, 181n, 7_300n];

/** Frames that BPF_PROG_TEST_RUN refuses before a program sees them; no device hands such a frame to tc. */
function isRunnable(frame: Uint8Array): boolean {
  const etherType = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
  const least = etherType === 0x0800 ? 34 : etherType === 0x86dd ? 54 : 14;
  return frame.length >= least && frame.length <= 3_400;
}

/** Runs a scenario through the reference and the programs; gives the first difference, or undefined. */
export function firstDifference(bench: TestBench, { tables, steps }: Scenario, reach: Reach): string | undefined {
  const reference = createForwarder();
  bench.reset();
  reference.apply(tables);
  bench.apply(tables);
  let nowNs = SECOND_NS;
  for (const [index, { step, afterNs }] of steps.entries()) {
    nowNs += afterNs;
    if (step.kind !== "apply" && !isRunnable(step.frame)) continue;
    const wanted = runStep(reference, step, nowNs);
    const got = runOnBench(bench, step, nowNs);
    reach.note(step, wanted);
    const difference = wanted === undefined ? undefined : differenceOf(wanted, got);
    if (difference !== undefined) return `step ${index} (${step.about}): ${difference}\n${text(step)}`;
  }
  return differenceOfState(reference, bench) ?? differenceOfAgeing(reference, bench, nowNs);
}

function runOnBench(bench: TestBench, step: Step, nowNs: bigint): Outcome | undefined {
  switch (step.kind) {
    case "machine":
      return bench.fromMachine(step.interface, step.frame, nowNs, step.offload);
    case "underlay":
      return bench.fromUnderlay(step.frame, nowNs);
    case "agent":
      return bench.fromAgent(step.frame, nowNs);
    case "apply":
      bench.apply(step.batch);
      return undefined;
  }
}

function differenceOf(wanted: Outcome, got: Outcome | undefined): string | undefined {
  const plain = (outcome: Outcome | undefined): string =>
    text([outcome?.outputs ?? [], outcome?.drop ?? "", outcome?.toHost ?? false]);
  return plain(wanted) === plain(got) ? undefined : `\nreference ${plain(wanted)}\nprograms  ${plain(got)}`;
}

function differenceOfState(reference: Forwarder, bench: TestBench): string | undefined {
  const pairs = [
    ["flows", flowLines(reference.flows()), flowLines(bench.flows())],
    ["drops", mapLines(reference.drops()), mapLines(bench.drops())],
    ["counters", mapLines(reference.interfaceCounters()), mapLines(bench.interfaceCounters())],
  ] as const;
  for (const [name, wanted, got] of pairs) {
    const missing = wanted.filter((line) => !got.includes(line));
    const extra = got.filter((line) => !wanted.includes(line));
    if (missing.length + extra.length > 0) {
      return `${name}\nreference ${missing.join("\n  ")}\nprograms  ${extra.join("\n  ")}`;
    }
  }
  return undefined;
}

function differenceOfAgeing(reference: Forwarder, bench: TestBench, nowNs: bigint): string | undefined {
  for (const seconds of AGE_AFTER_SECONDS) {
    const wanted = reference.ageFlows(nowNs + seconds * SECOND_NS);
    const got = bench.ageFlows(nowNs + seconds * SECOND_NS);
    if (wanted !== got) return `${seconds} s later the reference removes ${wanted} flow entries, the programs ${got}`;
  }
  return undefined;
}

/** Flow entries without the generation, which counts batches from another start. */
function flowLines(flows: readonly FlowEntry[]): readonly string[] {
  const lines = flows.map(({ key, verdict, reverse, established, peerNextHop, packets, bytes, lastSeenNs, tcpFlags }) =>
    text([
      [key.nextHop, key.protocol, key.sourceAddress, key.destinationAddress, key.sourcePort, key.destinationPort],
      { verdict, reverse, established, peerNextHop, packets, bytes, lastSeenNs, tcpFlags },
    ]),
  );
  return lines.sort();
}

function mapLines(map: ReadonlyMap<string | number, unknown>): readonly string[] {
  return [...map].map(text).sort();
}

/** JSON, with bytes in hexadecimal. */
function text(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (item instanceof Uint8Array) return Buffer.from(item).toString("hex");
    return typeof item === "bigint" ? String(item) : item;
  });
}
