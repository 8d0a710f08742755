import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import type { ResolverAnswer, ResolverQuestion } from "./resolver-message.ts";

const RESOLV_CONF = "/etc/resolv.conf";
/** How long one server is waited for: two fit into the time that an agent waits for us. */
const WAIT_MS = 900;
const MAX_SERVERS = 2;
/** Questions at a time; more are not answered. */
const MAX_ASKED = 256;

let asked = 0;

/** Asks the name servers of this machine, over UDP, in their order; an answer without a message where none has one. */
export async function askOutside({ id, message }: ResolverQuestion): Promise<ResolverAnswer> {
  if (asked >= MAX_ASKED) return { kind: "answer", id, message: undefined };
  asked += 1;
  try {
    const question = Buffer.from(message, "base64");
    for (const server of nameServers(readResolvConf())) {
      const answer = await ask(server, question);
      if (answer !== undefined) return { kind: "answer", id, message: answer.toString("base64") };
    }
    return { kind: "answer", id, message: undefined };
  } finally {
    asked -= 1;
  }
}

/** The IPv4 name servers of the text of resolv.conf(5). */
export function nameServers(text: string): readonly string[] {
  const named = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server = ""]) => server);
  return named.filter(isIPv4).slice(0, MAX_SERVERS);
}

function readResolvConf(): string {
  try {
    return readFileSync(RESOLV_CONF, "utf8");
  } catch {
    return ""; // The machine has no names of the outside, and neither have those inside.
  }
}

/** From a socket of its own, connected to the server: what comes from elsewhere is not heard (RFC 5452). */
function ask(server: string, question: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    let open = true;
    const finish = (answer: Buffer | undefined): void => {
      if (!open) return;
      open = false;
      clearTimeout(late);
      socket.close();
      resolve(answer);
    };
    const late = setTimeout(() => finish(undefined), WAIT_MS);
    socket.on("error", () => finish(undefined));
    socket.on("message", (answer) => {
      // The id in the first two octets is that of the question.
      if (answer.subarray(0, 2).equals(question.subarray(0, 2))) finish(answer);
    });
    socket.connect(53, server, () => {
      if (open) socket.send(question);
    });
  });
}
