import type { FlowEntry, FlowKey } from "./flow.ts";
import { FLOW_IDLE_NS, flowExpired } from "./flow-age.ts";
import { flowKeyText, reverseFlowKey } from "./flow-key.ts";
import type { Resolution } from "./resolve.ts";

/** One direction of a conversation as the data plane holds it. */
export interface Flow extends FlowEntry {
  /** Texts of its key and of its peer's: made once, as every look at a table needs one. */
  readonly text: string;
  readonly peerText: string;
  reverse: boolean;
  pass: boolean;
  /** Policy has let a packet of this direction, or of the other one, pass under this entry. */
  passed: boolean;
  established: boolean;
  generation: number;
  packets: number;
  bytes: number;
  lastSeenNs: bigint;
  tcpFlags: number;
  /** Where its packets go; only for packets from machines, good for its generation. */
  resolution: Resolution | undefined;
}

/** Entries that a host holds at most; each connection has two. */
export interface FlowLimits {
  /** Embryonic entries; the least recently used goes. */
  readonly embryonic: number;
  /** Established entries of the host; above it entries stay embryonic. */
  readonly established: number;
}

/** The embryonic and the established flow entries. */
export class FlowTable {
  readonly #established = new Map<string, Flow>();
  readonly #embryonic = new Map<string, Flow>();
  readonly #perNextHop = new Map<number, number>();
  readonly #limits: FlowLimits;

  constructor(limits: FlowLimits) {
    this.#limits = limits;
  }

  find(key: FlowKey): Flow | undefined {
    const text = flowKeyText(key);
    const established = this.#established.get(text);
    if (established !== undefined) return established;
    const embryonic = this.#embryonic.get(text);
    if (embryonic !== undefined) this.#touch(embryonic);
    return embryonic;
  }

  /** Writes the reverse entry where there is none, then the forward one, which it returns. */
  insertPair(key: FlowKey, peerNextHop: number, pass: boolean, generation: number): Flow {
    const reverseKey = reverseFlowKey(key, peerNextHop);
    const [text, reverseText] = [flowKeyText(key), flowKeyText(reverseKey)];
    if (!this.#established.has(reverseText) && !this.#embryonic.has(reverseText)) {
      const at = { text: reverseText, peerText: text, peerNextHop: key.nextHop };
      this.#touch(newFlow(reverseKey, at, true, pass, generation));
    }
    const forward = newFlow(key, { text, peerText: reverseText, peerNextHop }, false, pass, generation);
    this.#touch(forward);
    return forward;
  }

  /** The initiator's entry that a packet without one of its own may be the reply to. */
  initiatorOf(key: FlowKey, peerNextHop: number): Flow | undefined {
    const text = flowKeyText(reverseFlowKey(key, peerNextHop));
    const found = this.#established.get(text) ?? this.#embryonic.get(text);
    return found?.reverse === false ? found : undefined;
  }

  /** Writes a reply's entry again, which was lost. */
  insertReply(key: FlowKey, peerNextHop: number, generation: number): Flow {
    const peerText = flowKeyText(reverseFlowKey(key, peerNextHop));
    const reply = newFlow(key, { text: flowKeyText(key), peerText, peerNextHop }, true, true, generation);
    this.#touch(reply);
    return reply;
  }

  /** The entry of the other direction. */
  peer(flow: Flow): Flow | undefined {
    return this.#established.get(flow.peerText) ?? this.#embryonic.get(flow.peerText);
  }

  /** Moves an entry and its peer to the established table, unless the interface's or the host's share is used up. */
  promote(flow: Flow, flowsPerInterface: number): void {
    if ((this.#perNextHop.get(flow.key.nextHop) ?? 0) >= flowsPerInterface) return;
    if (this.#established.size >= this.#limits.established) return;
    const peer = this.peer(flow);
    this.#establish(flow);
    if (peer !== undefined && !peer.established) this.#establish(peer);
  }

  /** The entry has become the initiator's and passes: its peer, made where there is none, is the reply's. */
  setReply(flow: Flow): void {
    const peer = this.peer(flow);
    if (peer === undefined) {
      const at = { text: flow.peerText, peerText: flow.text, peerNextHop: flow.key.nextHop };
      this.#touch(newFlow(reverseFlowKey(flow.key, flow.peerNextHop), at, true, true, flow.generation));
    } else if (!peer.established) {
      peer.pass = true;
      peer.passed = true;
      peer.reverse = true;
    }
  }

  /** The ports are used again: what the former connection's packets said does not age the new one. */
  beginAnew(flow: Flow): void {
    flow.tcpFlags = 0;
    const peer = this.peer(flow);
    if (peer !== undefined) peer.tcpFlags = 0;
  }

  /** Removes what is idle or closed; returns how many entries. */
  age(nowNs: bigint): number {
    const expired: Flow[] = [];
    for (const table of [this.#established, this.#embryonic]) {
      for (const flow of table.values()) {
        // Most entries of a busy host need no look at their peers.
        const recent = nowNs - flow.lastSeenNs <= FLOW_IDLE_NS.closedTcp;
        if (!recent && flowExpired(flow, this.peer(flow), nowNs)) expired.push(flow);
      }
    }
    for (const flow of expired) this.#delete(flow);
    return expired.length;
  }

  /** Removes the entries of an interface that is gone. */
  removeNextHop(nextHop: number): void {
    for (const flow of this.entries()) if (flow.key.nextHop === nextHop) this.#delete(flow);
  }

  entries(): readonly Flow[] {
    return [...this.#established.values(), ...this.#embryonic.values()];
  }

  #establish(flow: Flow): void {
    this.#embryonic.delete(flow.text);
    this.#established.set(flow.text, flow);
    flow.established = true;
    flow.passed = true;
    this.#perNextHop.set(flow.key.nextHop, (this.#perNextHop.get(flow.key.nextHop) ?? 0) + 1);
  }

  #delete(flow: Flow): void {
    if (!this.#established.delete(flow.text)) {
      this.#embryonic.delete(flow.text);
      return;
    }
    const left = (this.#perNextHop.get(flow.key.nextHop) ?? 1) - 1;
    if (left === 0) this.#perNextHop.delete(flow.key.nextHop);
    else this.#perNextHop.set(flow.key.nextHop, left);
  }

  #touch(flow: Flow): void {
    this.#embryonic.delete(flow.text);
    this.#embryonic.set(flow.text, flow);
    if (this.#embryonic.size <= this.#limits.embryonic) return;
    for (const oldest of this.#embryonic.keys()) {
      this.#embryonic.delete(oldest);
      return;
    }
  }
}

function newFlow(
  key: FlowKey,
  at: Pick<Flow, "text" | "peerText" | "peerNextHop">,
  reverse: boolean,
  pass: boolean,
  generation: number,
): Flow {
  return {
    ...at,
    key,
    reverse,
    pass,
    get verdict() {
      return this.pass ? "pass" : "deny";
    },
    passed: pass,
    established: false,
    generation,
    packets: 0,
    bytes: 0,
    lastSeenNs: 0n,
    tcpFlags: 0,
    resolution: undefined,
  };
}
