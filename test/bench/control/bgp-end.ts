import { connect, type Socket } from "node:net";
import { encodeOpen, KEEPALIVE, KEEPALIVE_MESSAGE, MessageFramer, NOTIFICATION, OPEN, UPDATE } from "@contrail/bgp";

const AUTONOMOUS_SYSTEM = 64_512;
const HOLD_SECONDS = 180;
const KEEPALIVE_MS = 30_000;
const CONNECT_RETRY_MS = 100;
const ESTABLISH_MS = 60_000;
const MP_REACH = 14;
const MP_UNREACH = 15;
const EXTENDED_LENGTH = 0x10;
const VPN_SAFI = 128;

/** Routes that a session has brought, by what was said of them. */
export type Heard = "announced" | "withdrawn";

interface Awaited {
  readonly what: Heard;
  readonly count: number;
  readonly arrived: PromiseWithResolvers<number>;
}

/**
 * One end of a session of ours for measuring: it counts VPNv4 routes by walking over their lengths, decodes nothing else,
 * and so costs next to nothing beside the speaker that is measured.
 */
export class BgpEnd {
  readonly #socket: Socket;
  readonly #framer = new MessageFramer();
  readonly #established = Promise.withResolvers<void>();
  readonly #timer: NodeJS.Timeout;
  readonly #counts = { announced: 0, withdrawn: 0 };
  readonly #awaited: Awaited[] = [];
  #failure: Error | undefined;

  private constructor(socket: Socket, address: string) {
    this.#socket = socket;
    const capabilities = [
      { kind: "multiprotocol", afi: 1, safi: VPN_SAFI },
      { kind: "route-refresh" },
      { kind: "four-octet-as", autonomousSystem: AUTONOMOUS_SYSTEM },
    ] as const;
    const identifier = address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
    const open = { version: 4, autonomousSystem: AUTONOMOUS_SYSTEM, holdTimeSeconds: HOLD_SECONDS };
    socket.write(encodeOpen({ ...open, identifier, capabilities }));
    socket.on("data", (octets) => this.#take(octets));
    socket.on("error", (reason) => this.#fail(reason));
    socket.on("close", () => this.#fail(new Error(`the session of ${address} has ended`)));
    this.#timer = setInterval(() => socket.write(KEEPALIVE_MESSAGE), KEEPALIVE_MS);
  }

  /** Opens a session from an address; tries again until the speaker takes it, or a minute has gone. */
  static async establish(from: string, to: string, port: number): Promise<BgpEnd> {
    let failure: unknown;
    for (const deadline = performance.now() + ESTABLISH_MS; performance.now() < deadline; ) {
      try {
        const end = new BgpEnd(await connected(from, to, port), from);
        await end.#established.promise;
        return end;
      } catch (reason) {
        failure = reason;
        await new Promise((resolve) => setTimeout(resolve, CONNECT_RETRY_MS));
      }
    }
    throw new Error(`no session from ${from} to ${to}`, { cause: failure });
  }

  /** Octets of whole messages; resolves when the socket has taken them all. */
  send(octets: Uint8Array): void {
    this.#socket.write(octets);
  }

  /** Resolves with the time, by performance.now(), at which so many routes had been announced, or withdrawn. */
  heard(what: Heard, count: number): Promise<number> {
    const arrived = Promise.withResolvers<number>();
    if (this.#failure !== undefined) arrived.reject(this.#failure);
    else if (this.#counts[what] >= count) arrived.resolve(performance.now());
    else this.#awaited.push({ what, count, arrived });
    return arrived.promise;
  }

  /** Ends the session as a peer that is gone does. */
  close(): void {
    this.#socket.destroy();
  }

  #fail(reason: Error): void {
    clearInterval(this.#timer);
    this.#failure ??= reason;
    this.#established.reject(reason);
    this.#established.promise.catch(() => undefined); // Told to whoever waits for it.
    for (const { arrived } of this.#awaited.splice(0)) arrived.reject(reason);
  }

  #take(octets: Uint8Array): void {
    this.#framer.push(octets);
    for (let frame = this.#framer.next(); frame.kind !== "incomplete"; frame = this.#framer.next()) {
      if (frame.kind === "error" || frame.type === NOTIFICATION) {
        this.#socket.destroy(new Error(frame.kind === "error" ? "no BGP came" : `NOTIFICATION ${[...frame.body]}`));
        return;
      }
      if (frame.type === OPEN) this.#socket.write(KEEPALIVE_MESSAGE);
      else if (frame.type === KEEPALIVE) this.#established.resolve();
      else if (frame.type === UPDATE) this.#count(frame.body);
    }
    for (const awaited of [...this.#awaited]) {
      if (this.#counts[awaited.what] < awaited.count) continue;
      this.#awaited.splice(this.#awaited.indexOf(awaited), 1);
      awaited.arrived.resolve(performance.now());
    }
  }

  /** Walks over the attributes of an UPDATE's body (RFC 4271 section 4.3, RFC 4760 sections 3 and 4). */
  #count(body: Uint8Array): void {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    let at = 2 + view.getUint16(0);
    const end = at + 2 + view.getUint16(at);
    at += 2;
    while (at < end) {
      const isLong = (view.getUint8(at) & EXTENDED_LENGTH) !== 0;
      const type = view.getUint8(at + 1);
      const length = isLong ? view.getUint16(at + 2) : view.getUint8(at + 2);
      const value = at + (isLong ? 4 : 3);
      at = value + length;
      if ((type !== MP_REACH && type !== MP_UNREACH) || view.getUint8(value + 2) !== VPN_SAFI) continue;
      const first = type === MP_REACH ? value + 5 + view.getUint8(value + 3) : value + 3;
      this.#counts[type === MP_REACH ? "announced" : "withdrawn"] += routesIn(body, first, at);
    }
  }
}

function routesIn(body: Uint8Array, first: number, end: number): number {
  let count = 0;
  for (let at = first; at < end; at += 1 + (((body[at] ?? 0) + 7) >> 3)) count++;
  return count;
}

function connected(localAddress: string, host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, localAddress, noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.removeListener("error", reject);
      resolve(socket);
    });
  });
}
