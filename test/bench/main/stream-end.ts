import { createSocket } from "node:dgram";
import { createInterface } from "node:readline";

/**
 * One end of a stream of numbered packets, in a machine's namespace: `node stream-end.ts PORT PEER`. It sends two packets
 * a millisecond from PORT + 1 to PORT of the peer, and notes when packets arrive at its own PORT. For each line
 * "since T" on standard input it prints the first and the last arrival after T and the number sent until now, as JSON.
 * Times are milliseconds of the machine's monotonic clock, the same in every process.
 */
const TICK_MS = 1;
const PER_TICK = 2;
/** Arrivals that are remembered: some seconds. */
const REMEMBERED = 16_384;

const [port = "0", peer = ""] = process.argv.slice(2);
const arrivals = new Float64Array(REMEMBERED);
let arrived = 0;
let sent = 0;

const receiver = createSocket({ type: "udp4", recvBufferSize: 4 << 20 });
receiver.on("message", () => {
  arrivals[arrived % REMEMBERED] = monotonicMs();
  arrived += 1;
});
receiver.bind(Number(port), start);

function start(): void {
  const sender = createSocket("udp4");
  sender.on("error", () => {}); // A packet that is refused is one that does not arrive.
  sender.bind(Number(port) + 1, () => {
    setInterval(() => {
      for (let count = 0; count < PER_TICK; count++) {
        const message = Buffer.alloc(64);
        message.writeUInt32BE(sent, 0);
        sender.send(message, Number(port), peer, () => {});
        sent += 1;
      }
    }, TICK_MS);
    process.stdout.write("ready\n");
  });
}

const questions = createInterface({ input: process.stdin });
questions.on("line", (line) => {
  const since = Number(line.replace("since ", ""));
  process.stdout.write(`${JSON.stringify(look(since))}\n`);
});
questions.on("close", () => process.exit(0));

/** First and last arrival after a time; null where there was none. */
function look(since: number): { first: number | null; last: number | null; sent: number } {
  let first: number | null = null;
  for (let index = arrived - 1; index >= Math.max(0, arrived - REMEMBERED); index--) {
    const at = arrivals[index % REMEMBERED] ?? 0;
    if (at < since) break;
    first = at;
  }
  return { first, last: first === null ? null : (arrivals[(arrived - 1) % REMEMBERED] ?? null), sent };
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
