import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { createServer, type Server, type Socket } from "node:net";
import type { Clock } from "@contrail/clock";
import type { ActivePort } from "../core/active-port.ts";
import { ownAnswer } from "../core/dns-answer.ts";
import { DNS_CODE, type DnsQuery, passOn, readQuery, writeAnswer, writeError } from "../core/dns-message.ts";
import type { NetworkNames } from "../core/network-names.ts";
import { resolversOf } from "../core/resolvers.ts";
import type { DnsForwarder } from "./dns-forwarder.ts";
import type { GuestConnections } from "./guest-connections.ts";
import { LengthPrefixed } from "./length-prefixed.ts";

/** What name servers for machines work with. */
export interface DnsServerParts {
  readonly connections: GuestConnections;
  readonly forwarder: DnsForwarder;
  readonly clock: Clock;
  readonly namesOf: (port: ActivePort) => NetworkNames;
  /** Servers that the host asks, where a network has none of its own; read anew for each question. */
  readonly resolvers: () => readonly string[];
  /** Addresses of the host itself, which no network's servers are. */
  readonly ownAddresses: () => ReadonlySet<string>;
}

/** Longest message of a machine: one question is a fraction of it. */
const MAX_QUERY_BYTES = 1_024;
const MAX_TCP_ANSWER = 0xffff;
/** Answers that a machine has not read yet, after which it gets no more. */
const MAX_UNREAD_BYTES = 131_072;
/** How long a connection may be without a question, and how long it lives. */
const IDLE_MS = 10_000;
const CONNECTION_LIFE_MS = 60_000;

/** Name servers for machines by UDP and TCP; neither listens yet. */
export function createDnsServers(parts: DnsServerParts): { readonly udp: UdpSocket; readonly tcp: Server } {
  return { udp: udpServer(parts), tcp: tcpServer(parts) };
}

function udpServer(parts: DnsServerParts): UdpSocket {
  const socket = createSocket("udp4");
  socket.on("error", () => undefined); // An answer that could not be sent: the machine asks again.
  socket.on("message", (message, { address, port: sourcePort }) => {
    const port = parts.connections.portAt(address);
    if (port === undefined || message.length > MAX_QUERY_BYTES) return;
    answer(parts, port, message, "udp").then(
      (reply) => {
        if (reply !== undefined && isOpen(socket)) socket.send(reply, sourcePort, address);
      },
      () => undefined, // Answering does not reject.
    );
  });
  return socket;
}

function isOpen(socket: UdpSocket): boolean {
  try {
    return socket.address().port > 0;
  } catch {
    return false; // Closed while the outside was asked.
  }
}

function tcpServer(parts: DnsServerParts): Server {
  return createServer((socket) => {
    const port = parts.connections.admit(socket);
    if (port === undefined) return;
    const life = parts.clock.setTimer(CONNECTION_LIFE_MS, () => socket.destroy());
    let idle = parts.clock.setTimer(IDLE_MS, () => socket.destroy());
    socket.on("data", () => {
      idle.cancel();
      idle = parts.clock.setTimer(IDLE_MS, () => socket.destroy());
    });
    socket.on("close", () => {
      life.cancel();
      idle.cancel();
    });
    serveConnection(parts, socket, port);
  });
}

/** One question after the other: while one is being answered, the machine is not read from. */
function serveConnection(parts: DnsServerParts, socket: Socket, admitted: ActivePort): void {
  const received = new LengthPrefixed();
  socket.on("data", (chunk) => {
    socket.pause();
    const messages = received.take(chunk);
    const tooLong = [...messages.map(({ length }) => length), received.announcedBytes];
    if (tooLong.some((length) => length > MAX_QUERY_BYTES)) {
      socket.destroy();
      return;
    }
    answerAll(parts, socket, admitted, messages).then(
      () => socket.resume(),
      () => socket.destroy(),
    );
  });
}

async function answerAll(
  parts: DnsServerParts,
  socket: Socket,
  admitted: ActivePort,
  messages: readonly Uint8Array[],
): Promise<void> {
  for (const message of messages) {
    const port = parts.connections.current(socket, admitted);
    const reply = port && (await answer(parts, port, message, "tcp"));
    if (reply === undefined || socket.destroyed || socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
    else socket.write(LengthPrefixed.wrap(reply));
  }
}

/** The answer to a machine's message; undefined: none. */
async function answer(
  parts: DnsServerParts,
  port: ActivePort,
  message: Uint8Array,
  transport: "udp" | "tcp",
): Promise<Uint8Array | undefined> {
  const query = readQuery(message);
  if (query === undefined) return undefined;
  if ("code" in query) return writeError(query.id, query.code);
  const own = ownAnswer(query, port, parts.namesOf(port));
  const most = transport === "udp" ? query.udpBytes : MAX_TCP_ANSWER;
  if (own !== undefined) return passOn(own, query, most);
  const outside = await parts.forwarder.ask(
    port.port.id,
    query,
    resolversOf(port, parts.resolvers(), parts.ownAddresses()),
    transport,
  );
  return outside === undefined ? failure(query) : passOn(outside, query, most);
}

function failure(query: DnsQuery): Uint8Array {
  return writeAnswer(query, DNS_CODE.serverFailure, [], 0);
}
