import {
  decodeOpen,
  decodeRouteRefresh,
  decodeUpdate,
  FSM_ERROR,
  MessageFramer,
  NOTIFICATION,
  OPEN,
  ROUTE_REFRESH,
  type SessionParameters,
  UPDATE,
  type UpdateVerdict,
} from "@contrail/bgp";
import { FuzzMessages, type FuzzRandom, hexOf, shapeOf } from "@contrail/bgp/testing";
import { FUZZED, type FuzzedSession, FuzzWorld } from "./fuzz-world.ts";

/** What a run came to; every list is bounded. */
export interface SessionFuzzReport {
  /** Messages that were sent. */
  executions: number;
  sessions: number;
  /** By what had to be done, and was: "update treat-as-withdraw", "session ended", "connection refused". */
  readonly verdicts: Record<string, number>;
  /** Messages of the node to any peer that were read and found good. */
  passedOn: number;
  /** What was wrong, with the octets that show it; the first ten. */
  readonly faults: string[];
  faultCount: number;
}

/** What a message has to do to a session. */
type Outcome =
  | { readonly kind: "stays"; readonly name: string; readonly verdict?: UpdateVerdict; readonly shape?: string }
  /** ended: code and subcode that the node says; undefined where it says nothing. */
  | { readonly kind: "ends"; readonly code: string | undefined }
  /** It is the beginning of something longer. */
  | { readonly kind: "unfinished" };

const BATCH = 25;
/** Messages of one session where none ends it. */
const SESSION_BATCHES = 40;
/** Of the messages that end a session one in so many is sent: every session shall see some more. */
const ENDING_PART = 12;
/** One connection of so many begins with something that is no OPEN, or a broken one. */
const BROKEN_OPEN_PART = 4;
const BROKEN_HEADER_PART = 64;
const MAX_FAULTS = 10;
const HEADER_OCTETS = 19;

/**
 * Changed messages on live sessions: over TCP, into the node's state machine, its tables, and out to its other peers. What
 * the codec makes of each says whether the session has to stay up, what has to be counted, or which notification ends it;
 * the codec itself is judged by vectors and by CodecFuzzer. The same numbers give the same messages.
 */
export class SessionFuzzer {
  readonly #world = new FuzzWorld();
  #report = emptyReport();
  #random: FuzzRandom = { below: () => 0 };
  #messages = new FuzzMessages(this.#random);

  async start(): Promise<void> {
    await this.#world.start();
  }

  /** So many messages or a few more; then no session but those of the witnesses is left, and what they know is compared. */
  async run(random: FuzzRandom, count: number): Promise<SessionFuzzReport> {
    this.#report = emptyReport();
    this.#random = random;
    this.#messages = new FuzzMessages(random);
    const checked = this.#world.checked;
    while (this.#report.executions < count) {
      const name = FUZZED[random.below(FUZZED.length)] ?? "internal";
      if (random.below(BROKEN_OPEN_PART) === 0) await this.#brokenOpen(name);
      await this.#session(name, count);
    }
    const difference = await this.#world.difference();
    if (difference !== "") this.#fault(difference);
    for (const complaint of this.#world.complaints.splice(0)) this.#fault(complaint);
    this.#report.passedOn = this.#world.checked - checked;
    return this.#report;
  }

  close(): Promise<void> {
    return this.#world.close();
  }

  /** One session until it ends, or has seen enough. */
  async #session(name: string, until: number): Promise<void> {
    const session = await this.#world.connect(name);
    this.#report.sessions++;
    const disabled = new Set<string>();
    for (let batch = 0; batch < SESSION_BATCHES && this.#report.executions < until; batch++) {
      const { messages, outcomes } = this.#batch(session.parameters);
      const stays = await this.#tell(name, session, messages, outcomes, disabled);
      if (!stays) break;
    }
    session.peer.destroy();
    await this.#world.until("the session is over", () => this.#world.status(name).state === "active");
  }

  /** Messages of which the last alone may end the session. */
  #batch(parameters: SessionParameters): { readonly messages: Uint8Array[]; readonly outcomes: Outcome[] } {
    const [messages, outcomes]: [Uint8Array[], Outcome[]] = [[], []];
    while (messages.length < BATCH) {
      const message = this.#next();
      const outcome = outcomeOf(message, parameters);
      if (outcome.kind === "unfinished") continue;
      if (outcome.kind === "ends" && this.#random.below(ENDING_PART) !== 0) continue;
      messages.push(message);
      outcomes.push(outcome);
      if (outcome.kind === "ends") break;
      if (outcome.shape !== undefined) this.#messages.learn(outcome.shape, message);
    }
    return { messages, outcomes };
  }

  #next(): Uint8Array {
    const message = this.#messages.next();
    if (this.#random.below(BROKEN_HEADER_PART) !== 0) return message;
    const at = this.#random.below(HEADER_OCTETS);
    message[at] = this.#random.below(256);
    return message;
  }

  /** Sends a batch and compares what it did with what it had to do; true where the session lasts. */
  async #tell(
    name: string,
    { peer }: FuzzedSession,
    messages: readonly Uint8Array[],
    outcomes: readonly Outcome[],
    disabled: Set<string>,
  ): Promise<boolean> {
    const before = this.#world.status(name);
    peer.socket.write(Buffer.concat(messages));
    const last = outcomes.at(-1);
    const ends = last?.kind === "ends";
    const received = () => this.#world.status(name).messagesReceived.total - before.messagesReceived.total;
    await this.#world.until(`${messages.length} messages are read`, () =>
      ends || peer.closed ? peer.closed : received() >= messages.length,
    );
    this.#report.executions += messages.length;
    for (const outcome of outcomes) this.#count(outcome);
    const after = this.#world.status(name);
    const found = {
      ended: peer.closed,
      code: codeOf(peer),
      updates: after.updatesReceived - before.updatesReceived,
      withdrawn: after.treatedAsWithdraw - before.treatedAsWithdraw,
      discarded: after.attributesDiscarded - before.attributesDiscarded,
      disabled: ends ? "" : [...after.disabledFamilies].sort().join(),
    };
    const wanted = {
      ended: ends,
      code: last?.kind === "ends" ? last.code : undefined,
      ...countsOf(outcomes, disabled),
      disabled: ends ? "" : [...disabled].sort().join(),
    };
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      const told = messages.map(hexOf).join(" ");
      this.#fault(`${name}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}: ${told}`);
    }
    return !peer.closed;
  }

  /** A connection that begins with anything: it ends as it has to, or becomes a session, and the next one is served. */
  async #brokenOpen(name: string): Promise<void> {
    const message = this.#next();
    const wanted = openingOutcome(message);
    if (wanted.kind === "unfinished") return;
    const before = this.#world.status(name).messagesReceived.total;
    const peer = await this.#world.open(name, message);
    const heard = () => this.#world.status(name).messagesReceived.total > before;
    await this.#world.until("a broken OPEN is read", () => peer.closed || (wanted.kind === "stays" && heard()));
    if (wanted.kind === "ends" && codeOf(peer) !== wanted.code)
      this.#fault(`opening ${name}: ${codeOf(peer)}, not ${wanted.code}: ${hexOf(message)}`);
    peer.destroy();
    this.#report.executions++;
    this.#count(wanted, "connection refused");
    await this.#world.until("the connection is over", () => this.#world.status(name).state === "active");
  }

  #count(outcome: Outcome, ended = "session ended"): void {
    const name = outcome.kind === "stays" ? outcome.name : ended;
    this.#report.verdicts[name] = (this.#report.verdicts[name] ?? 0) + 1;
  }

  #fault(text: string): void {
    this.#report.faultCount++;
    if (this.#report.faults.length < MAX_FAULTS) this.#report.faults.push(text);
  }
}

function emptyReport(): SessionFuzzReport {
  return { executions: 0, sessions: 0, verdicts: {}, passedOn: 0, faults: [], faultCount: 0 };
}

/** What the messages of a batch have to be counted as; notes the families that are given up. */
function countsOf(outcomes: readonly Outcome[], disabled: Set<string>) {
  const counts = { updates: 0, withdrawn: 0, discarded: 0 };
  for (const outcome of outcomes) {
    const verdict = outcome.kind === "stays" ? outcome.verdict : undefined;
    if (verdict === undefined) continue;
    counts.updates++;
    if (verdict.kind === "treat-as-withdraw") counts.withdrawn++;
    if (verdict.kind === "update") counts.discarded += verdict.discarded.length;
    if (verdict.kind === "disable-family") disabled.add(verdict.family);
  }
  return counts;
}

/** "3/9": code and subcode of the notification that has come. */
function codeOf({ notification }: FuzzedSession["peer"]): string | undefined {
  return notification && `${notification.code}/${notification.subcode}`;
}

/** What a message in the place of an OPEN leads to; of an OPEN that can be read anything is good. */
function openingOutcome(message: Uint8Array): Outcome {
  const framer = new MessageFramer();
  framer.push(message);
  const frame = framer.next();
  if (frame.kind === "error") return ending(frame.notification);
  if (frame.kind === "incomplete" || framer.bufferedBytes > 0) return { kind: "unfinished" };
  if (frame.type === NOTIFICATION) return { kind: "ends", code: undefined };
  // RFC 6608 section 3: nothing else has a place in OpenSent.
  if (frame.type !== OPEN) return ending({ code: FSM_ERROR, subcode: 1 });
  const verdict = decodeOpen(frame.body);
  return verdict.kind === "error" ? ending(verdict.notification) : { kind: "stays", name: "open" };
}

function outcomeOf(message: Uint8Array, parameters: SessionParameters): Outcome {
  const framer = new MessageFramer();
  framer.allowExtendedMessages();
  framer.push(message);
  const frame = framer.next();
  if (frame.kind === "error") return ending(frame.notification);
  if (frame.kind === "incomplete" || framer.bufferedBytes > 0) return { kind: "unfinished" };
  const { type, body } = frame;
  switch (type) {
    case OPEN: {
      const verdict = decodeOpen(body);
      // RFC 6608 section 3: an OPEN has no place in Established.
      return ending(verdict.kind === "error" ? verdict.notification : { code: FSM_ERROR, subcode: 3 });
    }
    case NOTIFICATION:
      return { kind: "ends", code: undefined };
    case ROUTE_REFRESH: {
      const verdict = decodeRouteRefresh(body);
      return verdict.kind === "error"
        ? ending(verdict.notification)
        : { kind: "stays", name: `refresh ${verdict.kind}` };
    }
    case UPDATE:
      return updateOutcome(body, parameters);
    default:
      return { kind: "stays", name: "keepalive" };
  }
}

function updateOutcome(body: Uint8Array, parameters: SessionParameters): Outcome {
  const { external, peerAs, role } = parameters;
  const firstAs = external && role !== "route-server-client" ? peerAs : undefined;
  const verdict = decodeUpdate(body, { ...parameters, firstAs, unreadableRoutes: "disable-family" });
  if (verdict.kind === "session-reset") return ending(verdict.notification);
  const discards = verdict.kind === "update" && verdict.discarded.length > 0;
  const name = discards ? "update attribute-discard" : `update ${verdict.kind}`;
  if (verdict.kind !== "update") return { kind: "stays", name, verdict };
  return { kind: "stays", name, verdict, shape: shapeOf(verdict.update) };
}

function ending({ code, subcode }: { readonly code: number; readonly subcode: number }): Outcome {
  return { kind: "ends", code: `${code}/${subcode}` };
}
