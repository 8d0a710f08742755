import type { TcpServed } from "../probe/tcp.ts";
import type { NumberedResult } from "../probe/udp.ts";
import { check, type DemoWorld, sleep } from "./demo-world.ts";
import { ProbeProcess } from "./probe-process.ts";

const ADDRESS = "10.1.1.12";
const UDP_PORT = 6_000;
const TCP_PORT = 6_001;
const PER_SECOND = 1_000;

/** 1,000 numbered packets a second and one TCP connection from a-red-1 to a-red-2, while something happens. */
export async function measureLoss(world: DemoWorld, happens: () => Promise<void>): Promise<NumberedResult> {
  const [from, to] = [world.namespace("a-red-1"), world.namespace("a-red-2")];
  const receiver = await ProbeProcess.start(to, "udp-receive", UDP_PORT);
  const server = await ProbeProcess.start(to, "tcp-serve", TCP_PORT);
  const sender = await ProbeProcess.start(from, "udp-send", ADDRESS, UDP_PORT, PER_SECOND);
  const client = await ProbeProcess.start(from, "tcp-stream", ADDRESS, TCP_PORT, 0);
  await sleep(500);
  await happens();
  await sleep(500);
  const before = await server.look<TcpServed>();
  await world.until(
    "the TCP connection still carries data",
    5_000,
    async () => (await server.look<TcpServed>()).bytes > before.bytes,
  );
  await client.finish();
  const { sent } = await sender.finish<{ sent: number }>();
  await sleep(300);
  const tcp = await server.finish<TcpServed>();
  const udp = await receiver.finish<NumberedResult>();
  check(tcp.resets === 0, "the TCP connection was reset");
  check(udp.received === sent, `${sent - udp.received} of ${sent} packets were lost`);
  check(udp.doubled === 0, `${udp.doubled} packets came twice`);
  return udp;
}
