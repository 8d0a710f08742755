import type { EndResult } from "./end-protocol.ts";
import { IPERF_PORT, type LivePath } from "./live-path.ts";
import { inNamespace, run, runIn } from "./namespaces.ts";
import { type Peer, UNDERLAY_DEVICE } from "./path.ts";

export interface Measured {
  readonly value: number;
  /** Seconds of the CPU that both ends have used, with the kernel's work in their name. */
  readonly cpuSeconds: number;
  /** Packets, transactions or connections that must be in the counters; 0 where the tool does not tell. */
  readonly count: number;
  /** The far end's port. */
  readonly port: number;
}

export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly peers: readonly Peer[];
  /** Whether packets larger than the MTU must have met our programs; undefined: does not matter. */
  readonly segmentationOffload?: boolean;
  /** Flow entries that each counted thing makes. */
  readonly flowsEach?: number;
  run(path: LivePath, durationMs: number): Promise<Measured>;
}

const BOTH: readonly Peer[] = ["kernel-vxlan", "routed-veth"];
const UDP_PORT = 6000;
const MAX_CONNECTIONS_MS = 1_000;
const ECHO_PORT = 6001;
/** Each run of connections has a port of its own, so that none of them meets the flow of an older one. */
const FIRST_CONNECTIONS_PORT = 10_000;
const CONNECTIONS_PORTS = 1_000;
let connectionRuns = 0;

export const MEASURES: readonly Measure[] = [
  {
    name: "tcp-1stream",
    unit: "Gb/s",
    better: "higher",
    peers: BOTH,
    segmentationOffload: true,
    run: bulk,
  },
  {
    name: "tcp-1stream-offloads-off",
    unit: "Gb/s",
    better: "higher",
    peers: BOTH,
    segmentationOffload: false,
    run: (path, durationMs) =>
      switchedOff([path.path.near.machine, path.path.far.machine], ["eth0", "tx", "tso", "gso"], () =>
        bulk(path, durationMs),
      ),
  },
  {
    name: "tcp-1stream-soft-gso",
    unit: "Gb/s",
    better: "higher",
    peers: ["kernel-vxlan"],
    segmentationOffload: true,
    run: (path, durationMs) =>
      switchedOff(
        [path.path.near.host, path.path.far.host],
        [UNDERLAY_DEVICE, "tx-udp_tnl-segmentation", "tx-udp_tnl-csum-segmentation"],
        () => bulk(path, durationMs),
      ),
  },
  {
    name: "pps",
    unit: "packets/s",
    better: "higher",
    peers: BOTH,
    // The machine's stack cuts what is sent, so that each datagram leaves it as a packet of its own.
    run: (path, durationMs) =>
      switchedOff([path.path.near.machine], ["eth0", "tx-udp-segmentation"], () => packets(path, durationMs)),
  },
  { name: "rr-p50", unit: "us", better: "lower", peers: BOTH, run: requestResponse },
  { name: "crr", unit: "1/s", better: "higher", peers: BOTH, flowsEach: 2, run: connections },
];

/** One stream of iperf3. */
async function bulk({ path, cpu, onCpu }: LivePath, durationMs: number): Promise<Measured> {
  const target = ["-c", path.far.address, "-p", String(IPERF_PORT)];
  const choices = ["-t", String(durationMs / 1_000), "-A", `${cpu},${cpu}`, "-J"];
  const client = inNamespace(path.near.machine, "iperf3", ...target, ...choices);
  // Members of iperf3's report; only these are read.
  const { end } = JSON.parse(await run(...onCpu, ...client)) as {
    readonly end: {
      readonly sum_received: { readonly bits_per_second: number; readonly seconds: number };
      readonly cpu_utilization_percent: { readonly host_total: number; readonly remote_total: number };
    };
  };
  const { host_total, remote_total } = end.cpu_utilization_percent;
  const cpuSeconds = ((host_total + remote_total) / 100) * end.sum_received.seconds;
  return { value: end.sum_received.bits_per_second / 1e9, cpuSeconds, count: 0, port: IPERF_PORT };
}

/** Datagrams of 18 bytes, one flow; what arrives counts. */
async function packets({ path, near, far }: LivePath, durationMs: number): Promise<Measured> {
  const at = { host: path.far.address, port: UDP_PORT };
  await far.serve({ kind: "udp-sink", ...at });
  const sent = await near.run({ kind: "udp-source", ...at, durationMs });
  const received = await far.result();
  // On one CPU each packet is at its end before the sender goes on.
  return { ...measured(received.count / sent.seconds, UDP_PORT, sent, received), count: received.count };
}

async function requestResponse({ path, near, far }: LivePath, durationMs: number): Promise<Measured> {
  const at = { host: path.far.address, port: ECHO_PORT };
  await far.serve({ kind: "echo", ...at });
  const asked = await near.run({ kind: "request-response", ...at, durationMs });
  return measured(asked.p50Us, ECHO_PORT, asked, await far.result());
}

/** In a longer run ports would come again. */
async function connections({ path, near, far }: LivePath, durationMs: number): Promise<Measured> {
  const port = FIRST_CONNECTIONS_PORT + (connectionRuns++ % CONNECTIONS_PORTS);
  const at = { host: path.far.address, port };
  await far.serve({ kind: "answer-once", ...at });
  const asked = await near.run({ kind: "connections", ...at, durationMs: Math.min(durationMs, MAX_CONNECTIONS_MS) });
  return measured(asked.count / asked.seconds, port, asked, await far.result());
}

function measured(value: number, port: number, near: EndResult, far: EndResult): Measured {
  return { value, cpuSeconds: near.cpuSeconds + far.cpuSeconds, count: near.count, port };
}

/** Runs with features of a device off in some namespaces; they are on again afterwards. */
async function switchedOff<T>(
  namespaces: readonly string[],
  [device = "", ...features]: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const all = (state: "on" | "off"): Promise<unknown> =>
    Promise.all(
      namespaces.map((item) => runIn(item, "ethtool", "-K", device, ...features.flatMap((name) => [name, state]))),
    );
  await all("off");
  try {
    return await work();
  } finally {
    await all("on");
  }
}
