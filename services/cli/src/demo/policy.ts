import type { JsonObject } from "@contrail/schema";
import type { TunnelCapture } from "../probe/capture.ts";
import type { TcpServed } from "../probe/tcp.ts";
import type { NumberedResult } from "../probe/udp.ts";
import { check, DemoWorld, sleep, TENANT_A } from "./demo-world.ts";
import { ProbeProcess } from "./probe-process.ts";

const GREEN_MACHINE = "10.1.2.11";
const RED_MACHINE = "10.1.1.11";
const BULK_BYTES = 20 << 20;
const MACHINE_MTU = 1_450;
const CONVERGENCE_MS = 10_000;
const TRY_MS = 700;

interface Tried {
  readonly outcome: string;
}

/** Step 3: what a policy opens, on which path, and how exactly. */
export async function policyStep(world: DemoWorld): Promise<string> {
  const [red, green] = [await world.network(TENANT_A, "red"), await world.network(TENANT_A, "green")];
  const between = { from: nameOf(red), to: nameOf(green) };
  const open = DemoWorld.policyEntries([{ ...between, direction: "<>", protocol: "any" }]);
  const policy = await world.createBeside(red, "network-policy", open);
  for (const network of [red, green]) await attach(world, network, policy);
  const opened = await world.until(
    "a ping from red to green is answered",
    CONVERGENCE_MS,
    () => world.ping("a-red-1", GREEN_MACHINE, 1, 1) === 1,
  );
  await world.until(
    "a ping between machines of both networks on one host is answered",
    CONVERGENCE_MS,
    () => world.ping("a-red-2", GREEN_MACHINE, 1, 1) === 1,
  );
  const path = await provePath(world);
  await world.vnc.update(
    "network-policy",
    policy,
    DemoWorld.policyEntries([{ ...between, direction: ">", protocol: "tcp", port: 80 }]),
  );
  await proveNarrow(world);
  return `open after ${opened.toFixed(0)} ms, on one host too; ${path}; then only TCP 80 from red to green`;
}

function nameOf({ fq_name: name }: JsonObject): string {
  return (name as readonly string[]).join(":"); // The model says a list of strings.
}

async function attach(world: DemoWorld, network: JsonObject, policy: string): Promise<void> {
  const from = { type: "virtual-network", uuid: String(network.uuid) };
  await world.vnc.updateReference(
    "ADD",
    from,
    { type: "network-policy", uuid: policy },
    { sequence: { major: 0, minor: 0 } },
  );
}

/** TCP and UDP go from host to host in one tunnel, TTL decremented once, segments of full size. */
async function provePath(world: DemoWorld): Promise<string> {
  const capture = await ProbeProcess.start("oc-host2", "capture", "eth0");
  const server = await ProbeProcess.start(world.namespace("a-green-1"), "tcp-serve", 5_001);
  const sent = await ProbeProcess.run<{ seconds: number }>(
    world.namespace("a-red-1"),
    "tcp-stream",
    GREEN_MACHINE,
    5_001,
    BULK_BYTES,
  );
  await world.until(
    "all bytes have arrived",
    CONVERGENCE_MS,
    async () => (await server.look<TcpServed>()).bytes >= BULK_BYTES,
  );
  await server.finish();
  const receiver = await ProbeProcess.start(world.namespace("a-green-1"), "udp-receive", 5_002);
  const sender = await ProbeProcess.start(world.namespace("a-red-1"), "udp-send", GREEN_MACHINE, 5_002, 500);
  await sleep(400);
  await sender.finish();
  await sleep(200);
  const udp = await receiver.finish<NumberedResult>();
  check(udp.received > 0 && udp.missing === 0, `UDP lost ${udp.missing} of ${udp.received + udp.missing}`);
  const seen = await capture.finish<TunnelCapture>();
  const outer = Object.keys(seen.tunnels).filter((pair) => pair !== "172.30.1.2>172.30.2.2");
  check(outer.length === 0, `packets came by another way: ${outer.join(", ")}`);
  const ttl = seen.innerTtl[`${RED_MACHINE}>${GREEN_MACHINE}`] ?? [];
  check(ttl.length === 1 && ttl[0] === 63, `TTL on the underlay is ${ttl.join(", ")}, not 63 (decremented once)`);
  check(seen.longestInner >= MACHINE_MTU, `the longest packet had ${seen.longestInner} bytes, not ${MACHINE_MTU}`);
  const packets = Object.values(seen.tunnels).reduce((sum, count) => sum + count, 0);
  const megabits = ((BULK_BYTES * 8) / sent.seconds / 1e6).toFixed(0);
  return `${packets} packets in one tunnel 172.30.1.2>172.30.2.2, TTL 64 to 63, full-size segments, TCP ${megabits} Mb/s`;
}

/** Only TCP to port 80, and only from red to green. */
async function proveNarrow(world: DemoWorld): Promise<void> {
  const onGreen = [
    await ProbeProcess.start(world.namespace("a-green-1"), "tcp-serve", 80),
    await ProbeProcess.start(world.namespace("a-green-1"), "tcp-serve", 81),
  ];
  const onRed = await ProbeProcess.start(world.namespace("a-red-1"), "tcp-serve", 80);
  const before = await drops(world);
  const tried = async (from: string, address: string, port: number): Promise<string> =>
    (await ProbeProcess.run<Tried>(world.namespace(from), "tcp-connect", address, port, TRY_MS)).outcome;
  await world.until(
    "other ports are closed",
    CONVERGENCE_MS,
    async () => (await tried("a-red-1", GREEN_MACHINE, 81)) !== "connected",
  );
  const right = await tried("a-red-1", GREEN_MACHINE, 80);
  check(right === "connected", `red to green, TCP 80: ${right}`);
  const back = await tried("a-green-1", RED_MACHINE, 80);
  check(back !== "connected", "green reached red's TCP 80 against the direction of the rule");
  check(world.ping("a-red-1", GREEN_MACHINE, 2, 1) === 0, "a ping passed although only TCP 80 is allowed");
  check((await drops(world)) > before, "no packet was counted as flow_action_drop");
  for (const server of [...onGreen, onRed]) await server.finish();
}

async function drops(world: DemoWorld): Promise<number> {
  return (await world.drops("host1", "flow_action_drop")) + (await world.drops("host2", "flow_action_drop"));
}
