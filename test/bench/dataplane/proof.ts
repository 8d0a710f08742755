import type { HostState } from "./host-protocol.ts";
import type { LivePath } from "./live-path.ts";
import type { Measure, Measured } from "./measures.ts";
import { runIn } from "./namespaces.ts";
import type { Ours } from "./ours.ts";
import { GROUP_CLOSED_PORT, MACHINE_ADDRESSES, POLICY_CLOSED_PORT } from "./overlay-tables.ts";
import { MACHINE_MTU_BYTES } from "./path.ts";

/** What is on in ours, and proven by counters. */
export const FEATURES = ["policy", "security-groups", "flows", "counters", "anti-spoofing"] as const;

const PROBES = 10;
const FOREIGN_ADDRESS = "10.1.1.99";

/** Sends what policy, security group and anti-spoofing must drop; throws where a counter says that they did not. */
export async function proveFilters(ours: Ours, path: LivePath): Promise<void> {
  const own = MACHINE_ADDRESSES[1];
  await expectDrops(ours, path, 0, "flow_action_drop", POLICY_CLOSED_PORT, own);
  await expectDrops(ours, path, 1, "flow_action_drop", GROUP_CLOSED_PORT, own);
  await runIn(path.path.near.machine, "ip", "addr", "add", `${FOREIGN_ADDRESS}/32`, "dev", "eth0");
  try {
    await expectDrops(ours, path, 0, "invalid_source", POLICY_CLOSED_PORT - 1, FOREIGN_ADDRESS);
  } finally {
    await runIn(path.path.near.machine, "ip", "addr", "del", `${FOREIGN_ADDRESS}/32`, "dev", "eth0");
  }
}

async function expectDrops(
  ours: Ours,
  { near }: LivePath,
  hostIndex: 0 | 1,
  reason: string,
  port: number,
  from: string,
): Promise<void> {
  const count = async (): Promise<number> => (await ours.states(port))[hostIndex]?.drops[reason] ?? 0;
  const before = await count();
  await near.run({ kind: "probe", host: MACHINE_ADDRESSES[2], port, from, count: PROBES });
  // Packets cross both hosts in the sender's own system call.
  const dropped = (await count()) - before;
  if (dropped < PROBES) throw new Error(`${dropped} of ${PROBES} packets to port ${port} from ${from}: ${reason}`);
}

/** Throws where the counters before and after a run of ours say that it did not go through flows, or was dropped. */
export function proveRun(
  measure: Measure,
  measured: Measured,
  before: readonly HostState[],
  after: readonly HostState[],
): void {
  const [nearBefore, farBefore] = before;
  const [nearAfter, farAfter] = after;
  if (!nearBefore || !farBefore || !nearAfter || !farAfter) throw new Error("a host has not told its counters");
  const received = nearAfter.receivedPackets - nearBefore.receivedPackets;
  const sent = farAfter.sentPackets - farBefore.sentPackets;
  const claim = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`${measure.name}: ${what}`);
  };
  claim(received > 0 && received >= measured.count, `${received} packets counted of ${measured.count}`);
  claim(sent > 0 && sent >= measured.count, `${sent} packets counted as sent of ${measured.count}`);
  // A few packets are ARP, and a flow that ageing has just taken is not seen.
  claim(nearAfter.flowPackets >= received * 0.95, `${nearAfter.flowPackets} packets in flows of ${received}`);
  claim(farAfter.flowPackets >= sent * 0.95, `${farAfter.flowPackets} packets in flows of ${sent}`);
  const flows = measured.count * (measure.flowsEach ?? 0);
  claim(nearAfter.flows >= flows, `${nearAfter.flows} flow entries of port ${measured.port}, not ${flows}`);
  claim(farAfter.flows >= flows, `${farAfter.flows} flow entries of port ${measured.port}, not ${flows}`);
  for (const [index, state] of [nearAfter, farAfter].entries()) {
    const dropped = total(state) - total(index === 0 ? nearBefore : farBefore);
    claim(dropped === 0, `${dropped} packets were dropped on host ${index + 1}: ${JSON.stringify(state.drops)}`);
  }
  if (measure.segmentationOffload === undefined) return;
  const bytes = (nearAfter.receivedBytes - nearBefore.receivedBytes) / received;
  const large = bytes > 2 * MACHINE_MTU_BYTES;
  claim(large === measure.segmentationOffload, `frames of ${Math.round(bytes)} bytes on average`);
}

function total({ drops }: HostState): number {
  return Object.values(drops).reduce((sum, count) => sum + count, 0);
}
