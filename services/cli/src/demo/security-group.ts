import type { TcpServed } from "../probe/tcp.ts";
import { check, type DemoWorld, sleep } from "./demo-world.ts";
import { groupEntries } from "./networks.ts";
import { ProbeProcess } from "./probe-process.ts";

const GREEN_MACHINE = "10.1.2.11";
const DEADLINE_MS = 10_000;
/** A stream that sends every 5 ms and has been silent for so long is closed. */
const SILENT_MS = 300;

/** Step 3, second half: a rule is taken out of a group while a connection uses it; the connection stops, and goes on when it is back. */
export async function securityGroupStep(world: DemoWorld): Promise<string> {
  const server = await ProbeProcess.start(world.namespace("a-green-1"), "tcp-serve", 80);
  const client = await ProbeProcess.start(world.namespace("a-red-1"), "tcp-stream", GREEN_MACHINE, 80, 0);
  await world.until(
    "the connection carries data",
    DEADLINE_MS,
    async () => (await server.look<TcpServed>()).bytes > 2_000,
  );
  const group = world.created("security-group");
  const startedAt = performance.now();
  await world.vnc.update("security-group", group, groupEntries(443));
  const answered = performance.now();
  await world.until(
    "the connection is silent",
    DEADLINE_MS,
    async () => (await server.look<TcpServed>()).silentMs > SILENT_MS,
  );
  const closedMs = performance.now() - answered - (await server.look<TcpServed>()).silentMs;
  const stopped = await server.look<TcpServed>();
  await sleep(500);
  const later = await server.look<TcpServed>();
  check(later.bytes === stopped.bytes, `${later.bytes - stopped.bytes} bytes came through a closed port`);
  await world.vnc.update("security-group", group, groupEntries(undefined));
  await world.until(
    "the connection goes on",
    DEADLINE_MS,
    async () => (await server.look<TcpServed>()).bytes > later.bytes,
  );
  const { resets } = await server.look<TcpServed>();
  check(resets === 0, "the connection was reset");
  await client.finish();
  await server.finish();
  return `closed ${Math.max(0, closedMs).toFixed(0)} ms after the API's answer (${(answered - startedAt).toFixed(0)} ms), opened again without a reset`;
}
