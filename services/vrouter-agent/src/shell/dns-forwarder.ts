import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { createConnection } from "node:net";
import type { Clock } from "@contrail/clock";
import { answers, type DnsQuery, writeQuery } from "../core/dns-message.ts";
import { LengthPrefixed } from "./length-prefixed.ts";

/** How long one server is waited for; the next is asked then. */
const SERVER_WAIT_MS = 2_000;
/** Questions of one interface that are asked outside at a time, and of all. */
export const MAX_ASKED_OF_PORT = 32;
const MAX_ASKED = 2_048;

/**
 * Asks servers of the outside. Each question goes out from a socket of its own, connected to the server, with a port that
 * the kernel chooses and an id by chance (RFC 5452): an answer must come back to it, with that id and the same question.
 * Nothing is kept of answers, so there is nothing to poison.
 */
export class DnsForwarder {
  readonly #clock: Clock;
  readonly #port: number;
  readonly #asked = new Map<string, number>();
  #all = 0;

  /** port: of the servers; 53 but in tests. */
  constructor(clock: Clock, port = 53) {
    this.#clock = clock;
    this.#port = port;
  }

  /** The first answer of the servers in their order; undefined: none, or the interface asks too much at a time. */
  async ask(
    portId: string,
    query: DnsQuery,
    servers: readonly string[],
    transport: "udp" | "tcp",
  ): Promise<Uint8Array | undefined> {
    const asked = this.#asked.get(portId) ?? 0;
    if (asked >= MAX_ASKED_OF_PORT || this.#all >= MAX_ASKED) return undefined;
    this.#asked.set(portId, asked + 1);
    this.#all += 1;
    try {
      for (const server of servers) {
        const answer = await (transport === "udp" ? this.#askByUdp(query, server) : this.#askByTcp(query, server));
        if (answer !== undefined) return answer;
      }
      return undefined;
    } finally {
      this.#all -= 1;
      const rest = (this.#asked.get(portId) ?? 1) - 1;
      if (rest > 0) this.#asked.set(portId, rest);
      else this.#asked.delete(portId);
    }
  }

  #askByUdp(query: DnsQuery, server: string): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      const id = randomInt(0x10000);
      const socket = createSocket("udp4");
      const timer = this.#clock.setTimer(SERVER_WAIT_MS, () => finish(undefined));
      let open = true;
      const finish = (answer: Uint8Array | undefined): void => {
        if (!open) return;
        open = false;
        timer.cancel();
        socket.close();
        resolve(answer);
      };
      socket.on("error", () => finish(undefined));
      socket.on("message", (message) => {
        if (answers(message, query, id)) finish(message);
      });
      socket.connect(this.#port, server, () => {
        if (open) socket.send(writeQuery(query, id));
      });
    });
  }

  #askByTcp(query: DnsQuery, server: string): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      const id = randomInt(0x10000);
      const received = new LengthPrefixed();
      const socket = createConnection({ host: server, port: this.#port });
      const timer = this.#clock.setTimer(SERVER_WAIT_MS, () => finish(undefined));
      const finish = (answer: Uint8Array | undefined): void => {
        timer.cancel();
        socket.destroy();
        resolve(answer);
      };
      socket.on("error", () => finish(undefined));
      socket.on("close", () => finish(undefined));
      socket.on("connect", () => socket.write(LengthPrefixed.wrap(writeQuery(query, id))));
      socket.on("data", (chunk) => {
        const answer = received.take(chunk).find((message) => answers(message, query, id));
        if (answer !== undefined) finish(answer);
      });
    });
  }
}
