import type { OpenMessage } from "../message/open.ts";
import { localOpen } from "./local-open.ts";
import { type PeerEvent, type PeerMachine, type PeerTimer, STOPPED_PEER } from "./peer-machine.ts";
import type { PeerSettings } from "./peer-settings.ts";
import { stepPeer } from "./peer-step.ts";

/** Settings that tests start from. */
export const SETTINGS: PeerSettings = {
  localAs: 64512,
  localId: 1,
  peerAs: 64512,
  families: ["inet-vpn"],
  holdTimeMs: 90_000,
  passive: false,
  connectRetryMs: 5_000,
  delayOpenMs: 0,
  idleHoldMinMs: 500,
  idleHoldMaxMs: 60_000,
  stableAfterMs: 60_000,
  gracefulRestartMs: 300_000,
};

type Wire = OpenMessage | "keepalive" | "notification" | "closed";

/** One end of a modelled TCP connection: what is on its way to this end, in order. */
interface End {
  readonly id: number;
  readonly inbox: Wire[];
  open: boolean;
}

/** A peer of the model: its machine, the timers that run, and the attempt that it has under way. */
export class ModelPeer {
  machine: PeerMachine = STOPPED_PEER;
  readonly settings: PeerSettings;
  readonly timers = new Set<PeerTimer>();
  readonly ends = new Map<number, { readonly local: End; readonly remote: End }>();
  attempting = false;
  ups = 0;
  downs = 0;
  #nextId = 1;

  constructor(settings: PeerSettings) {
    this.settings = settings;
  }

  takeId(): number {
    return this.#nextId++;
  }

  /** Runs one event and its actions; the actions of a connection go onto the model's wire. */
  dispatch(event: PeerEvent): void {
    const step = stepPeer(this.machine, event, this.settings);
    this.machine = step.machine;
    for (const action of step.actions) {
      switch (action.kind) {
        case "connect":
          this.attempting = true;
          break;
        case "abort-connect":
          this.attempting = false;
          break;
        case "send-open":
          this.#send(action.connection, localOpen(this.settings, false));
          break;
        case "send-keepalive":
          this.#send(action.connection, "keepalive");
          break;
        case "send-notification":
          this.#send(action.connection, "notification");
          break;
        case "close":
          this.#close(action.connection);
          break;
        case "start-peer-timer":
          this.timers.add(action.timer);
          break;
        case "stop-peer-timer":
          this.timers.delete(action.timer);
          break;
        case "established":
          this.ups++;
          break;
        case "down":
          this.downs++;
          break;
        default:
      }
    }
  }

  #send(id: number, wire: Wire): void {
    const end = this.ends.get(id);
    if (end?.remote.open) end.remote.inbox.push(wire);
  }

  #close(id: number): void {
    const end = this.ends.get(id);
    if (end === undefined) return;
    this.#send(id, "closed");
    end.local.open = false;
    this.ends.delete(id);
  }
}

/** Two peers and what can happen between them next, one thing at a time. */
export class ModelNetwork {
  readonly peers: readonly [ModelPeer, ModelPeer];

  constructor(left: ModelPeer, right: ModelPeer) {
    this.peers = [left, right];
  }

  /** Everything that may happen now; keepalives of established sessions and their timers left out. */
  moves(): (() => void)[] {
    const moves: (() => void)[] = [];
    for (const [index, peer] of this.peers.entries()) {
      const other = this.peers[1 - index];
      if (other === undefined) continue;
      if (peer.attempting) moves.push(() => this.#connect(peer, other));
      for (const timer of peer.timers) {
        moves.push(() => {
          peer.timers.delete(timer);
          peer.dispatch({ kind: "peer-timer", timer });
        });
      }
      for (const [id, { local }] of peer.ends) {
        if (local.inbox.length > 0) moves.push(() => this.#deliver(peer, id, local));
      }
    }
    return moves;
  }

  #connect(peer: ModelPeer, other: ModelPeer): void {
    peer.attempting = false;
    const [local, remote]: [End, End] = [
      { id: peer.takeId(), inbox: [], open: true },
      { id: other.takeId(), inbox: [], open: true },
    ];
    peer.ends.set(local.id, { local, remote });
    other.ends.set(remote.id, { local: remote, remote: local });
    peer.dispatch({ kind: "connected", connection: local.id, initiator: "local" });
    other.dispatch({ kind: "connected", connection: remote.id, initiator: "peer" });
  }

  #deliver(peer: ModelPeer, connection: number, end: End): void {
    const wire = end.inbox.shift();
    if (wire === "closed") {
      peer.ends.delete(connection);
      peer.dispatch({ kind: "closed", connection });
    } else if (wire === "keepalive") peer.dispatch({ kind: "keepalive", connection });
    else if (wire === "notification") {
      const notification = { code: 6, subcode: 7, data: new Uint8Array() };
      peer.dispatch({ kind: "notification", connection, notification });
    } else if (wire !== undefined) peer.dispatch({ kind: "open", connection, open: wire });
  }
}
