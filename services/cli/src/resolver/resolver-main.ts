import { createSocket } from "node:dgram";
import type { ResolverAnswer, ResolverQuestion } from "./resolver-message.ts";

/**
 * `node resolver-main.ts ADDRESS`: a name server in a namespace that reaches no other. Hands each question over IPC to the
 * process that started it, which asks on the machine, and sends the answer that comes back.
 */
const [address = ""] = process.argv.slice(2);
/** Questions that wait for an answer; the oldest is forgotten when more come. */
const MAX_WAITING = 1_024;

interface Asker {
  readonly port: number;
  readonly address: string;
}

const waiting = new Map<number, Asker>();
let asked = 0;

const socket = createSocket("udp4");
socket.on("error", fail);
socket.on("message", (message, { port, address: from }) => {
  const id = asked++;
  waiting.set(id, { port, address: from });
  for (const [oldest] of waiting) {
    if (waiting.size <= MAX_WAITING) break;
    waiting.delete(oldest);
  }
  tell({ kind: "question", id, message: message.toString("base64") } satisfies ResolverQuestion);
});
socket.bind(53, address, () => tell({ kind: "ready" }));

process.on("message", ({ id, message }: ResolverAnswer) => {
  const asker = waiting.get(id);
  waiting.delete(id);
  if (asker !== undefined && message !== undefined) {
    socket.send(Buffer.from(message, "base64"), asker.port, asker.address, () => {}); // Who asked may be gone.
  }
});
process.on("SIGTERM", () => process.exit(0));
process.on("SIGINT", () => process.exit(0));
process.on("disconnect", () => process.exit(0));

function tell(message: object): void {
  process.send?.(message);
}

function fail(reason: Error): void {
  process.stderr.write(`resolver: ${reason.message}\n`);
  process.exit(1);
}
