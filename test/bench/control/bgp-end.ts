import { connect, type Socket } from "node:net";
import {
  type Capability,
  encodeOpen,
  type FamilyName,
  familyCode,
  KEEPALIVE,
  KEEPALIVE_MESSAGE,
  MessageFramer,
  NOTIFICATION,
  OPEN,
  UPDATE,
} from "@contrail/bgp";
import { countRoutes, type Heard, type RouteCounts } from "./route-count.ts";
import { AUTONOMOUS_SYSTEM, PORT, type SpeakerUnderTest } from "./speaker-under-test.ts";

const HOLD_SECONDS = 180;
/** Keepalives in a hold time (RFC 4271 section 4.4). */
const KEEPALIVES = 3;
const CONNECT_RETRY_MS = 100;
/** A speaker may let a peer wait for a minute whose last session ended at once, and for longer where it did so twice. */
const ESTABLISH_MS = 150_000;
/** Code of the NOTIFICATION that a speaker sends to a peer of which it has heard nothing (RFC 4271 section 6.5). */
const HOLD_TIMER_EXPIRED = 4;

/** How a session is opened. */
export interface EndOptions {
  /** 180 where absent. */
  readonly holdSeconds?: number;
  /** Memberships that it sends as soon as it is up; absent: it has no such family, and is sent everything. */
  readonly memberships?: Uint8Array;
}

interface Awaited {
  readonly what: Heard;
  readonly count: number;
  readonly arrived: PromiseWithResolvers<number>;
}

/** A session has ended because one of its sides heard nothing of the other for the hold time. */
export class HoldTimerExpired extends Error {}

/**
 * One end of a session of ours for measuring: it counts routes, decodes nothing else, and so costs next to nothing
 * beside the speaker that is measured.
 */
export class BgpEnd {
  readonly #socket: Socket;
  readonly #framer = new MessageFramer();
  readonly #established = Promise.withResolvers<void>();
  readonly #keepalives: NodeJS.Timeout;
  readonly #hold: NodeJS.Timeout;
  readonly #counts: RouteCounts = { announced: 0, withdrawn: 0, memberships: 0 };
  readonly #awaited: Awaited[] = [];
  #failure: Error | undefined;

  private constructor(socket: Socket, address: string, { holdSeconds = HOLD_SECONDS, memberships }: EndOptions) {
    this.#socket = socket;
    const families: readonly FamilyName[] = memberships === undefined ? ["inet-vpn"] : ["inet-vpn", "route-target"];
    const identifier = address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
    const open = { version: 4, autonomousSystem: AUTONOMOUS_SYSTEM, holdTimeSeconds: holdSeconds };
    socket.write(encodeOpen({ ...open, identifier, capabilities: capabilities(families) }));
    if (memberships !== undefined) {
      const ask = (): boolean => socket.write(memberships);
      this.#established.promise.then(ask, () => undefined); // Told to whoever waits for it.
    }
    socket.on("data", (octets) => this.#take(octets));
    socket.on("error", (reason) => this.#fail(reason));
    socket.on("close", () => this.#fail(new Error(`the session of ${address} has ended`)));
    this.#keepalives = setInterval(() => socket.write(KEEPALIVE_MESSAGE), (holdSeconds * 1_000) / KEEPALIVES);
    const expired = new HoldTimerExpired(`the speaker has said nothing to ${address} for ${holdSeconds} s`);
    this.#hold = setTimeout(() => socket.destroy(expired), holdSeconds * 1_000);
  }

  /**
   * Opens a session from an address to a speaker. Tries again until it is taken, the signal aborts, the speaker has ended,
   * or two and a half minutes have gone.
   */
  static async establish(
    from: string,
    speaker: Pick<SpeakerUnderTest, "address" | "gone">,
    signal: AbortSignal,
    options: EndOptions = {},
  ): Promise<BgpEnd> {
    const { address: to, gone } = speaker;
    let failure: unknown;
    for (const deadline = performance.now() + ESTABLISH_MS; performance.now() < deadline; ) {
      signal.throwIfAborted();
      gone.throwIfAborted();
      try {
        const end = new BgpEnd(await connected(from, to, PORT), from, options);
        await end.#established.promise;
        return end;
      } catch (reason) {
        failure = reason;
        await new Promise((resolve) => setTimeout(resolve, CONNECT_RETRY_MS));
      }
    }
    throw new Error(`no session from ${from} to ${to}`, { cause: failure });
  }

  /** Routes so far. */
  get counts(): Readonly<RouteCounts> {
    return this.#counts;
  }

  /** Octets of whole messages; the socket takes them all. */
  send(octets: Uint8Array): void {
    this.#socket.write(octets);
  }

  /**
   * Resolves with the time, by performance.now(), at which so many routes had come. Rejects where the session ends; with
   * HoldTimerExpired where one side had not heard the other.
   */
  heard(what: Heard, count: number): Promise<number> {
    const arrived = Promise.withResolvers<number>();
    if (this.#failure !== undefined) arrived.reject(this.#failure);
    else if (this.#counts[what] >= count) arrived.resolve(performance.now());
    else this.#awaited.push({ what, count, arrived });
    return arrived.promise;
  }

  /** False where the session has ended. */
  get isUp(): boolean {
    return this.#failure === undefined;
  }

  /** Ends the session as a peer that is gone does. */
  close(): void {
    this.#socket.destroy();
  }

  #fail(reason: Error): void {
    clearInterval(this.#keepalives);
    clearTimeout(this.#hold);
    this.#failure ??= reason;
    this.#established.reject(reason);
    this.#established.promise.catch(() => undefined); // Told to whoever waits for it.
    for (const { arrived } of this.#awaited.splice(0)) arrived.reject(reason);
  }

  #take(octets: Uint8Array): void {
    this.#hold.refresh();
    this.#framer.push(octets);
    for (let frame = this.#framer.next(); frame.kind !== "incomplete"; frame = this.#framer.next()) {
      if (frame.kind === "error") {
        this.#socket.destroy(new Error("no BGP came"));
        return;
      }
      if (frame.type === NOTIFICATION) {
        const text = `NOTIFICATION ${[...frame.body]}`;
        this.#socket.destroy(frame.body[0] === HOLD_TIMER_EXPIRED ? new HoldTimerExpired(text) : new Error(text));
        return;
      }
      if (frame.type === OPEN) this.#socket.write(KEEPALIVE_MESSAGE);
      else if (frame.type === KEEPALIVE) this.#established.resolve();
      else if (frame.type === UPDATE) countRoutes(frame.body, this.#counts);
    }
    for (const awaited of [...this.#awaited]) {
      if (this.#counts[awaited.what] < awaited.count) continue;
      this.#awaited.splice(this.#awaited.indexOf(awaited), 1);
      awaited.arrived.resolve(performance.now());
    }
  }
}

function capabilities(families: readonly FamilyName[]): readonly Capability[] {
  return [
    ...families.map((family) => ({ kind: "multiprotocol", ...familyCode(family) }) as const),
    { kind: "route-refresh" },
    { kind: "four-octet-as", autonomousSystem: AUTONOMOUS_SYSTEM },
  ];
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
