import { connect, type Socket } from "node:net";
import {
  type Capability,
  decodeNotification,
  encodeOpen,
  KEEPALIVE,
  KEEPALIVE_MESSAGE,
  localOpen,
  MessageFramer,
  NOTIFICATION,
  type Notification,
  type PeerSettings,
} from "@contrail/bgp";
import type { Clock, Timer } from "@contrail/clock";
import { parseInetAddress } from "@contrail/net";

/** What the far end is, and whom it connects to. */
export interface RawPeerOptions {
  /** Dotted; connects from there, and has it as its identifier. */
  readonly address: string;
  readonly node: { readonly address: string; readonly port: number };
  /** What it says in its OPEN; without graceful restart by default. */
  readonly settings?: Partial<PeerSettings>;
  /** Capabilities that it leaves out. */
  readonly without?: readonly Capability["kind"][];
  /** What it says before its OPEN; none by default. */
  readonly first?: readonly Uint8Array[];
  /** Every message of the node; the body is valid during the call. */
  readonly onMessage?: (type: number, body: Uint8Array) => void;
}

const SETTINGS: PeerSettings = {
  ...{ localAs: 64_512, localId: 0, peerAs: 64_512, families: ["inet-vpn"], holdTimeMs: 90_000, passive: false },
  ...{ connectRetryMs: 0, delayOpenMs: 0, idleHoldMinMs: 0, idleHoldMaxMs: 0, stableAfterMs: 0, gracefulRestartMs: 0 },
};

/** The far end of a BGP session over real TCP that sends whatever octets it is given, for tests; it keeps no routes. */
export class RawPeer {
  readonly socket: Socket;
  /** The notification that has ended the session; undefined where none came. */
  notification: Notification | undefined;
  closed = false;
  /** The other side has taken our OPEN. */
  established = false;
  readonly #framer = new MessageFramer();
  readonly #options: RawPeerOptions;
  #keepalive: Timer | undefined;

  /** Connects and says its OPEN at once. */
  constructor(options: RawPeerOptions) {
    this.#options = options;
    const { address, node, settings, without = [], first = [] } = options;
    this.#framer.allowExtendedMessages();
    this.socket = connect({ host: node.address, port: node.port, localAddress: address });
    this.socket.setNoDelay(true);
    this.socket.on("data", (chunk) => this.#read(chunk));
    this.socket.on("error", () => {});
    this.socket.on("end", () => this.destroy());
    this.socket.on("close", () => {
      this.closed = true;
      this.#keepalive?.cancel();
    });
    const open = localOpen({ ...SETTINGS, localId: parseInetAddress(address) ?? 0, ...settings }, false);
    this.write(
      ...first,
      encodeOpen({ ...open, capabilities: open.capabilities.filter(({ kind }) => !without.includes(kind)) }),
      KEEPALIVE_MESSAGE,
    );
  }

  write(...messages: readonly Uint8Array[]): void {
    for (const message of messages) this.socket.write(message);
  }

  /** Says that it is alive, again and again. */
  keepAlive(clock: Clock, everyMs: number): void {
    this.#keepalive = clock.setTimer(everyMs, () => {
      this.write(KEEPALIVE_MESSAGE);
      this.keepAlive(clock, everyMs);
    });
  }

  /** Breaks the connection without a word: nothing of it waits anywhere. */
  destroy(): void {
    this.#keepalive?.cancel();
    this.socket.resetAndDestroy();
  }

  #read(chunk: Uint8Array): void {
    this.#framer.push(chunk);
    for (let frame = this.#framer.next(); frame.kind !== "incomplete"; frame = this.#framer.next()) {
      if (frame.kind === "error") throw new Error("the node has sent what is no message");
      if (frame.type === NOTIFICATION) this.notification = decodeNotification(frame.body);
      else if (frame.type === KEEPALIVE) this.established = true;
      this.#options.onMessage?.(frame.type, frame.body);
    }
  }
}
