import { encodeAttributes } from "../attributes/encode-attributes.ts";
import { formatRoutes } from "../families/family-routes.ts";
import { FAMILIES, type FamilyName } from "../family.ts";
import { HEADER_BYTES, NOTIFICATION, OPEN, ROUTE_REFRESH, UPDATE } from "../message/header.ts";
import { MessageFramer } from "../message/message-framer.ts";
import { decodeNotification, describeNotification } from "../message/notification.ts";
import { decodeOpen, encodeOpen } from "../message/open.ts";
import { decodeRouteRefresh } from "../message/route-refresh.ts";
import { shutdownText } from "../message/shutdown-communication.ts";
import { decodeUpdate } from "../update/decode-update.ts";
import { encodeReach } from "../update/encode-update.ts";
import type { Update } from "../update/update.ts";
import type { UpdateContext } from "../update/update-context.ts";
import { FuzzMessages, shapeOf } from "./fuzz-messages.ts";
import type { FuzzRandom } from "./fuzz-mutation.ts";
import { hexOf } from "./hex.ts";

/** What a run came to; every list is bounded. */
export interface FuzzReport {
  executions: number;
  /** By message type and verdict: "update treat-as-withdraw". */
  readonly verdicts: Record<string, number>;
  /** Messages that showed something new, and were changed further. */
  corpus: number;
  /** What was wrong with the codec, with the message that shows it; the first ten. */
  readonly faults: string[];
  faultCount: number;
}

const MAX_FAULTS = 10;

/**
 * Changes good messages and reads them, as on sessions of every kind. A fault is whatever throws, reads another thing
 * after a round trip, changes its input, or says more than came. The same numbers give the same run.
 */
export class CodecFuzzer {
  readonly report: FuzzReport = { executions: 0, verdicts: {}, corpus: 0, faults: [], faultCount: 0 };
  readonly #random: FuzzRandom;
  readonly #messages: FuzzMessages;

  constructor(random: FuzzRandom) {
    this.#random = random;
    this.#messages = new FuzzMessages(random);
    this.report.corpus = this.#messages.size;
  }

  /** Reads one more message. */
  step(): void {
    const message = this.#messages.next();
    const copy = message.slice();
    this.report.executions++;
    try {
      const [verdict, detail] = this.#read(message);
      if (!equalBytes(copy, message)) throw new Error("input was changed");
      this.report.verdicts[verdict] = (this.report.verdicts[verdict] ?? 0) + 1;
      // Changes go on from what was good and new: what was bad leads nowhere else.
      if (verdict === "update update") this.#messages.learn(detail, message);
      this.report.corpus = this.#messages.size;
    } catch (reason) {
      this.report.faultCount++;
      const { faults } = this.report;
      if (faults.length < MAX_FAULTS) faults.push(`${String(reason)}: ${hexOf(copy)}`);
    }
  }

  #read(message: Uint8Array): readonly [string, string] {
    const framer = new MessageFramer();
    framer.allowExtendedMessages();
    const cut = this.#random.below(message.length + 1);
    framer.push(message.subarray(0, cut));
    framer.push(message.subarray(cut));
    const frame = framer.next();
    if (frame.kind !== "message") return [`frame ${frame.kind}`, ""];
    switch (frame.type) {
      case OPEN:
        return readOpen(frame.body);
      case UPDATE:
        return this.#readUpdate(frame.body);
      case NOTIFICATION: {
        const received = decodeNotification(frame.body);
        return ["notification", `${describeNotification(received)} ${shutdownText(received) !== undefined}`];
      }
      case ROUTE_REFRESH:
        return ["route-refresh", decodeRouteRefresh(frame.body).kind];
      default:
        return ["keepalive", ""];
    }
  }

  #readUpdate(body: Uint8Array): readonly [string, string] {
    const context = this.#context();
    const verdict = decodeUpdate(body, context);
    const name = `update ${verdict.kind}`;
    switch (verdict.kind) {
      case "update":
        check(verdict.update, body, context);
        return [name, shapeOf(verdict.update)];
      case "treat-as-withdraw":
        check(verdict.update, body, context);
        return [name, verdict.problems.map(({ attributeType, reason }) => `${attributeType} ${reason}`).join()];
      case "end-of-rib":
        return [name, verdict.family];
      default: {
        const { problem, notification } = verdict;
        if (notification.data.length > 2048) throw new Error("notification gives back too much");
        return [name, `${problem.attributeType} ${problem.reason} ${notification.subcode}`];
      }
    }
  }

  #context(): UpdateContext {
    const chance = (part: number) => this.#random.below(part) === 0;
    return {
      fourOctetAs: !chance(4),
      external: chance(3),
      families: chance(8) ? FAMILIES.slice(this.#random.below(FAMILIES.length)) : FAMILIES,
      addPathReceive: chance(6) ? FAMILIES : [],
      extendedNextHop: chance(2) ? ["inet", "inet-vpn"] : [],
      unreadableRoutes: chance(2) ? "disable-family" : "session-reset",
    };
  }
}

function readOpen(body: Uint8Array): readonly [string, string] {
  const verdict = decodeOpen(body);
  if (verdict.kind === "error") return ["open error", `${verdict.notification.subcode}`];
  const again = decodeOpen(encodeOpen(verdict.open).subarray(HEADER_BYTES));
  if (again.kind !== "open") throw new Error("OPEN is refused after a round trip");
  return ["open", verdict.open.capabilities.map(({ kind }) => kind).join()];
}

/** Routes of agreed families alone, no more of them than octets came, and the same after a round trip. */
function check(update: Update, body: Uint8Array, context: UpdateContext): void {
  const lists = [...update.unreach, ...update.reach];
  if (lists.reduce((sum, { routes }) => sum + routes.length, 0) > body.length)
    throw new Error("more routes than octets");
  for (const { family, routes, pathIds } of lists) {
    if (!context.families.includes(family)) throw new Error(`${family} was not agreed on`);
    if (pathIds !== undefined && pathIds.length !== routes.length)
      throw new Error("path identifiers and routes differ");
  }
  for (const { family, routes } of lists) {
    if (routes.some((route) => "length" in route && route.length > maxLength(family, route)))
      throw new Error("too long");
  }
  for (const list of lists) if (formatRoutes(list).some((text) => text === "")) throw new Error("route without a text");
  if ((update.announced !== undefined) !== update.reach.length > 0) throw new Error("attributes without routes");
  checkRoundTrip(update, context);
}

/** Bits that a prefix of the family may have; in e-vpn its address tells. */
function maxLength(family: FamilyName, route: object): number {
  if (family === "route-target") return 96;
  return "address" in route && typeof route.address === "bigint" ? 128 : 32;
}

/** What was read is written, read and written again: the octets must be the same. */
function checkRoundTrip({ reach, announced }: Update, context: UpdateContext): void {
  const [first] = reach;
  if (first === undefined || announced === undefined) return;
  const write = (one: typeof first, attributes: typeof announced.attributes) => {
    const encoded = encodeReach(one, encodeAttributes(attributes, context), 65535);
    if (encoded.kind !== "encoded" || encoded.messages.length !== 1) return undefined;
    return encoded.messages[0];
  };
  const once = write(first, announced.attributes);
  if (once === undefined) return;
  const families = { ...context, families: [first.family], extendedNextHop: FAMILIES };
  const verdict = decodeUpdate(once.subarray(HEADER_BYTES), families);
  if (verdict.kind !== "update" || verdict.update.announced === undefined)
    throw new Error(`round trip: ${verdict.kind}`);
  const [again] = verdict.update.reach;
  const twice = again && write(again, verdict.update.announced.attributes);
  if (twice === undefined || !equalBytes(twice, once)) throw new Error(`round trip: ${hexOf(once)}`);
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((octet, index) => octet === right[index]);
}
