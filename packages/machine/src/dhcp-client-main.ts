import { readFileSync } from "node:fs";
import { formatInetAddress, parseMacAddress } from "@contrail/net";
import { openPacketSocket, type PacketSocket, runIpBatch, runIpJson } from "@contrail/netns";
import { dhcpFrame, type Lease, option32, readLease } from "./dhcp-packet.ts";
import { guestFiles, writeGuestFiles } from "./guest-files.ts";

/**
 * A machine's DHCP client: `node dhcp-client-main.ts DEVICE DIRECTORY [no-default-route]`, inside the machine's namespace.
 * Asks until it has a lease, sets address, MTU and default route, keeps the machine's own resolv.conf and hostname in the
 * directory, and ends. Exit code 1 with one line on stderr where it gets none.
 */
const DEADLINE_MS = 20_000;
/** Between two tries: the first answers may be lost while the port is being set up. */
const RETRY_MS = 150;
const OFFER = 2;
const ACK = 5;

const device = process.argv[2] ?? "eth0";
const directory = process.argv[3] ?? "";
const wantsRoute = process.argv[4] !== "no-default-route";
try {
  await configure(await acquire());
} catch (reason) {
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exitCode = 1;
}

async function acquire(): Promise<Lease> {
  const [link] = (await runIpJson(["link", "show", "dev", device])) as readonly { address?: string }[]; // iproute2's form.
  const mac = parseMacAddress(link?.address ?? "");
  const socket = openPacketSocket(device);
  if (mac === undefined || socket === undefined) throw new Error(`there is no device ${device}`);
  const transactionId = readFileSync("/proc/sys/kernel/random/uuid", "utf8").slice(0, 8);
  const id = Number.parseInt(transactionId, 16);
  try {
    const offer = await exchange(socket, dhcpFrame(mac, id, 1), (frame) => readLease(frame, mac, id), OFFER);
    const asked = { address: offer.address, server: option32(offer, 54) ?? 0 };
    return await exchange(socket, dhcpFrame(mac, id, 3, asked), (frame) => readLease(frame, mac, id), ACK);
  } finally {
    socket.close();
  }
}

/** Sends a frame again and again until the answer of a type comes. */
function exchange(
  socket: PacketSocket,
  frame: Uint8Array,
  read: (frame: Uint8Array) => Lease | undefined,
  wanted: number,
): Promise<Lease> {
  return new Promise((resolve, reject) => {
    const end = performance.now() + DEADLINE_MS;
    const finish = (done: () => void): void => {
      clearInterval(timer);
      done();
    };
    const send = (): void => {
      if (performance.now() > end) finish(() => reject(new Error("no answer to DHCP")));
      else socket.send(frame);
    };
    const timer = setInterval(send, RETRY_MS);
    socket.onReadable((gone) => {
      if (gone) finish(() => reject(new Error(`${device} is gone`)));
      for (;;) {
        const received = socket.receive();
        if (received.kind !== "frame") return;
        const lease = read(received.frame);
        if (lease?.messageType === wanted) finish(() => resolve(lease));
      }
    });
    send();
  });
}

async function configure(lease: Lease): Promise<void> {
  const mask = option32(lease, 1) ?? 0xffffffff;
  const length = 32 - Math.round(Math.log2(2 ** 32 - mask));
  const router = option32(lease, 3);
  const mtu = lease.options.get(26);
  const commands = [`addr replace ${formatInetAddress(lease.address)}/${length} dev ${device}`];
  if (mtu?.length === 2) commands.push(`link set ${device} mtu ${((mtu[0] ?? 0) << 8) | (mtu[1] ?? 0)}`);
  if (router !== undefined && wantsRoute)
    commands.push(`route replace default via ${formatInetAddress(router)} dev ${device}`);
  await runIpBatch(commands);
  if (directory !== "") writeGuestFiles(directory, guestFiles(lease));
}
