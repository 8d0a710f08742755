import { createServer, type Server, type Socket } from "node:net";
import {
  CEASE,
  CEASE_ADMINISTRATIVE_SHUTDOWN,
  CEASE_OTHER_CONFIGURATION_CHANGE,
  CEASE_PEER_DECONFIGURED,
  ceaseWithText,
  notification,
  type PeerSettings,
} from "@contrail/bgp";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { parseInetAddress } from "@contrail/net";
import type { Counter, Logger, Meter } from "@contrail/observability";
import { PeerRunner } from "./peer-runner.ts";
import { descriptorOf, markAnswers, setPeerKey } from "./segment-options.ts";
import type { BgpSessionHandler, BgpSpeaker, DesiredPeer, PeerStatus } from "./session-port.ts";

/** How a speaker is made. */
export interface BgpSpeakerOptions {
  /** Dotted address of this node: listens there, connects from there. */
  readonly address: string;
  /** 179 by default in services; 0 takes a free one. */
  readonly port: number;
  /** BGP identifier; the address where it is not given. */
  readonly identifier?: number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly handler: BgpSessionHandler;
  /** Timers that differ from the defaults below. */
  readonly timing?: Partial<SpeakerTiming> | undefined;
  readonly random?: (() => number) | undefined;
}

/** See PeerSettings for what each is. */
export type SpeakerTiming = Pick<
  PeerSettings,
  | "connectRetryMs"
  | "idleHoldMinMs"
  | "idleHoldMaxMs"
  | "stableAfterMs"
  | "gracefulRestartMs"
  | "longLivedStaleMs"
  | "delayOpenMs"
>;

const DEFAULT_TIMING: SpeakerTiming = {
  connectRetryMs: 5_000,
  idleHoldMinMs: 500,
  idleHoldMaxMs: 60_000,
  stableAfterMs: 60_000,
  gracefulRestartMs: 300_000,
  longLivedStaleMs: 60_000_000,
  delayOpenMs: 0,
};
/** Several paths a route go to gateways and come from them, in the families that they look at by prefix. */
const ADD_PATH = (["inet-vpn", "inet6-vpn", "inet", "inet6"] as const).map((family) => ({
  family,
  receive: true,
  send: true,
}));
const DEFAULT_HOLD_MS = 90_000;
const CLOSE_DEADLINE_MS = 2_000;

/** A speaker that listens. Rejects with "bgp.unavailable" where the address or port cannot be had. */
export async function startBgpSpeaker(options: BgpSpeakerOptions): Promise<BgpSpeaker & { readonly port: number }> {
  const speaker = new Speaker(options);
  await speaker.listen();
  return speaker;
}

class Speaker implements BgpSpeaker {
  readonly #options: BgpSpeakerOptions;
  readonly #identifier: number;
  readonly #server: Server;
  readonly #peers = new Map<string, PeerRunner>();
  readonly #sockets = new Set<Socket>();
  readonly #refused: Counter;
  /** Addresses whose connections have a key. */
  #keyed: ReadonlySet<string> = new Set();
  #refusedConnections = 0;
  #port: number;

  constructor(options: BgpSpeakerOptions) {
    const identifier = options.identifier ?? parseInetAddress(options.address);
    if (identifier === undefined) {
      throw new ContrailError("bgp.bad_request", `${options.address} is no IPv4 address`);
    }
    this.#options = options;
    this.#identifier = identifier;
    this.#port = options.port;
    this.#refused = options.meter.counter(
      "contrail_control_bgp_refused_connections_total",
      "BGP connections from addresses that no peer has",
    );
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get refusedConnections(): number {
    return this.#refusedConnections;
  }

  get port(): number {
    return this.#port;
  }

  listen(): Promise<void> {
    const { address, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", (cause) => {
        reject(new ContrailError("bgp.unavailable", `cannot listen for BGP on ${address}:${port}`, { cause }));
      });
      this.#server.listen(port, address, () => {
        const bound = this.#server.address();
        if (bound !== null && typeof bound === "object") this.#port = bound.port;
        this.#server.removeAllListeners("error");
        this.#server.on("error", (cause) =>
          this.#options.logger.error("bgp listener failed", { cause: String(cause) }),
        );
        resolve();
      });
    });
  }

  setPeers(peers: readonly DesiredPeer[]): void {
    const desired = new Map(peers.map((peer) => [peer.name, peer]));
    this.#markListener(peers.filter(({ inner }) => inner === undefined));
    for (const [name, runner] of [...this.#peers]) {
      const peer = desired.get(name);
      if (peer !== undefined && sameSession(peer, runner.peer)) {
        runner.configure(peer, this.#settingsOf(peer));
        continue;
      }
      this.#peers.delete(name);
      const subcode = peer === undefined ? CEASE_PEER_DECONFIGURED : CEASE_OTHER_CONFIGURATION_CHANGE;
      if (peer?.adminDown === true)
        runner.stop(ceaseWithText(CEASE_ADMINISTRATIVE_SHUTDOWN, "administratively down"), false);
      else runner.stop(notification(CEASE, subcode), peer !== undefined);
    }
    for (const [name, peer] of desired) {
      if (this.#peers.has(name)) continue;
      const runner = new PeerRunner(peer, this.#settingsOf(peer), {
        localAddress: this.#options.address,
        clock: this.#options.clock,
        logger: this.#options.logger,
        handler: this.#options.handler,
        random: this.#options.random ?? Math.random,
      });
      this.#peers.set(name, runner);
      if (peer.adminDown !== true) runner.start();
    }
  }

  status(): readonly PeerStatus[] {
    return [...this.#peers.values()].map((runner) => runner.status());
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // The data plane goes on while this process is away: peers that can keep our routes should.
    for (const runner of this.#peers.values()) {
      runner.stop(ceaseWithText(CEASE_ADMINISTRATIVE_SHUTDOWN, "control node is stopping"), true);
    }
    this.#peers.clear();
    const deadline = this.#options.clock.setTimer(CLOSE_DEADLINE_MS, () => {
      for (const socket of this.#sockets) socket.destroy();
    });
    await closed;
    deadline.cancel();
  }

  /**
   * Those who connect are answered with the keys and marks of their connections; not for routers of tenants, whose
   * addresses are none of the underlay.
   */
  #markListener(peers: readonly DesiredPeer[]): void {
    const fd = descriptorOf(this.#server);
    if (fd === undefined) return;
    const gone = [...this.#keyed].filter((address) => !peers.some((peer) => peer.address === address));
    const keyed = peers.filter(({ address, md5Key }) => md5Key !== undefined || this.#keyed.has(address));
    this.#keyed = new Set(peers.flatMap(({ address, md5Key }) => (md5Key === undefined ? [] : address)));
    try {
      for (const peer of [...gone.map((address) => ({ address })), ...keyed]) setPeerKey(fd, peer);
      markAnswers(fd, peers);
    } catch (reason) {
      // Such peers are refused when they connect, and told of then.
      this.#options.logger.error("the BGP listener cannot be protected as configured", {
        reason: ContrailError.from(reason).message,
      });
    }
  }

  #accept(socket: Socket): void {
    const { remoteAddress = "", remotePort = 0 } = socket;
    const runner = this.#callerAt(remoteAddress.replace(/^::ffff:/, ""), remotePort);
    if (runner === undefined) {
      this.#refusedConnections++;
      this.#refused.add(1);
      socket.on("error", () => {});
      socket.resetAndDestroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    runner.accept(socket);
  }

  /**
   * Whose a connection is. The port decides before the address: a host that passes on those of tenants may be a peer
   * itself, and a port that a tenant's router has is nobody else's.
   */
  #callerAt(address: string, port: number): PeerRunner | undefined {
    const runners = [...this.#peers.values()];
    const tenants = runners.filter(({ peer }) => peer.inner?.sourcePort === port);
    if (tenants.length > 0) return tenants.find(({ peer }) => peer.inner?.hosts.includes(address));
    return runners.find(({ peer }) => peer.inner === undefined && peer.address === address);
  }

  #settingsOf(peer: DesiredPeer): PeerSettings {
    const timing = { ...DEFAULT_TIMING, ...this.#options.timing };
    return {
      ...timing,
      gracefulRestartMs: peer.gracefulRestartMs ?? timing.gracefulRestartMs,
      longLivedStaleMs: peer.longLivedStaleMs ?? timing.longLivedStaleMs,
      localAs: peer.localAs,
      localId: this.#identifier,
      peerAs: peer.peerAs,
      families: peer.families,
      holdTimeMs: peer.holdTimeMs ?? DEFAULT_HOLD_MS,
      passive: peer.passive === true,
      role: peer.role,
      strictRole: peer.strictRole,
      addPath: peer.gateway === true ? ADD_PATH : [],
      extendedNextHop: peer.gateway === true,
      // Routers of tenants have no need of long attributes.
      extendedMessages: peer.inner === undefined,
    };
  }
}

/**
 * True where a session under the one peer's settings serves the other's. Hold time, restart times and passive are not
 * among them: they are looked at when a session begins. Nor is the address of a tenant's router, which is only shown.
 */
function sameSession(left: DesiredPeer, right: DesiredPeer): boolean {
  return (
    (left.inner !== undefined || left.address === right.address) &&
    left.port === right.port &&
    left.localAs === right.localAs &&
    left.peerAs === right.peerAs &&
    left.families.join() === right.families.join() &&
    left.inner?.instance === right.inner?.instance &&
    left.inner?.sourcePort === right.inner?.sourcePort &&
    left.role === right.role &&
    (left.gateway ?? false) === (right.gateway ?? false) &&
    (left.strictRole ?? false) === (right.strictRole ?? false) &&
    (left.adminDown ?? false) === (right.adminDown ?? false)
  );
}
