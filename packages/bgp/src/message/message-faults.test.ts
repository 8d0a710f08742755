import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes } from "../octets.ts";
import { frameMessage, KEEPALIVE_MESSAGE, NOTIFICATION, OPEN, UPDATE } from "./header.ts";
import { MessageFramer } from "./message-framer.ts";
import { decodeNotification, describeNotification, encodeNotification, notification } from "./notification.ts";
import { CEASE } from "./notification-codes.ts";
import { decodeOpen } from "./open.ts";
import { decodeRouteRefresh } from "./route-refresh.ts";
import { ceaseWithText, shutdownText } from "./shutdown-communication.ts";

/** The notification that a stream provokes, as "code/subcode data"; "" where it is fine so far. */
function complaint(bytes: Uint8Array, extended = false): string {
  const framer = new MessageFramer();
  if (extended) framer.allowExtendedMessages();
  framer.push(bytes);
  const frame = framer.next();
  if (frame.kind !== "error") return "";
  const { code, subcode, data } = frame.notification;
  return `${code}/${subcode} ${Buffer.from(data).toString("hex")}`.trim();
}

function withHeader(lengthBytes: number, type: number): Uint8Array {
  const bytes = KEEPALIVE_MESSAGE.slice();
  bytes[16] = lengthBytes >>> 8;
  bytes[17] = lengthBytes;
  bytes[18] = type;
  return bytes;
}

describe("message header", () => {
  test.each([
    ["a marker with a zero", new Uint8Array(19), "1/1"],
    ["a length below the header", withHeader(18, 4), "1/2 0012"],
    ["a length beyond 4096", withHeader(4097, 2), "1/2 1001"],
    ["a KEEPALIVE with a body", withHeader(20, 4), "1/2 0014"],
    ["an OPEN that is too short", withHeader(28, 1), "1/2 001c"],
    ["an UPDATE that is too short", withHeader(22, 2), "1/2 0016"],
    ["a NOTIFICATION that is too short", withHeader(20, 3), "1/2 0014"],
    ["type 0", withHeader(19, 0), "1/3 00"],
    ["type 6", withHeader(19, 6), "1/3 06"],
  ])("%s is answered with its notification", (_, bytes, expected) => {
    expect(complaint(bytes)).toBe(expected);
  });

  test("a length beyond 4096 is fine where agreed on, except in OPEN and KEEPALIVE", () => {
    expect(complaint(withHeader(65535, UPDATE), true)).toBe("");
    expect(complaint(withHeader(65535, NOTIFICATION), true)).toBe("");
    expect(complaint(withHeader(4097, OPEN), true)).toBe("1/2 1001");
    expect(complaint(withHeader(4097, 4), true)).toBe("1/2 1001");
  });

  test("any cutting of a stream gives the same messages", () => {
    const bodies = fc.array(fc.uint8Array({ minLength: 4, maxLength: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (contents, cuts) => {
        const stream = concatBytes(contents.map((body) => frameMessage(UPDATE, body)));
        const framer = new MessageFramer();
        const seen: number[][] = [];
        for (let offset = 0, turn = 0; offset < stream.length; turn++) {
          const end = offset + (cuts[turn % cuts.length] ?? 1);
          framer.push(stream.subarray(offset, end));
          offset = end;
          for (let frame = framer.next(); frame.kind !== "incomplete"; frame = framer.next()) {
            if (frame.kind === "error") throw new Error("error");
            seen.push([...frame.body]);
          }
        }
        expect(seen).toEqual(contents.map((body) => [...body]));
        expect(framer.bufferedBytes).toBe(0);
      }),
    );
  });

  test("noise never throws, and what is held stays below one message and one chunk", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 30 }), fc.boolean(), (chunks, valid) => {
        const framer = new MessageFramer();
        for (const chunk of valid ? [KEEPALIVE_MESSAGE, ...chunks] : chunks) {
          framer.push(chunk);
          for (let frame = framer.next(), turns = 0; frame.kind === "message"; frame = framer.next()) {
            expect(++turns).toBeLessThan(100);
          }
          expect(framer.bufferedBytes).toBeLessThan(4096 + 200);
        }
      }),
    );
  });
});

describe("OPEN", () => {
  const open = (text: string) => decodeOpen(Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex")));
  const code = (text: string) => {
    const verdict = open(text);
    return verdict.kind === "error" ? `${verdict.notification.code}/${verdict.notification.subcode}` : "fine";
  };
  test.each([
    ["version 3", "03 fc00 005a 0a000001 00", "2/1"],
    ["parameters longer than said", "04 fc00 005a 0a000001 00 0200", "2/0"],
    ["parameters shorter than said", "04 fc00 005a 0a000001 05 0200", "2/0"],
    ["a parameter cut in its head", "04 fc00 005a 0a000001 01 02", "2/0"],
    ["a parameter longer than the list", "04 fc00 005a 0a000001 02 0205", "2/0"],
    ["authentication, which is long gone", "04 fc00 005a 0a000001 02 0100", "2/4"],
    ["a capability longer than its parameter", "04 fc00 005a 0a000001 04 0202 4104", "2/0"],
    ["a four-octet AS of two octets", "04 fc00 005a 0a000001 06 0204 41020001", "2/0"],
    ["a multiprotocol capability of three octets", "04 fc00 005a 0a000001 07 0205 0103000101", "2/0"],
    ["a graceful restart capability of one octet", "04 fc00 005a 0a000001 05 0203 400100", "2/0"],
    ["no parameters", "04 fc00 005a 0a000001 00", "fine"],
    ["an unknown capability", "04 fc00 005a 0a000001 05 0203 ee0100", "fine"],
    ["extended parameters (RFC 9072)", "04 fc00 005a 0a000001 ff ff 0005 02 0002 0200", "fine"],
    ["extended parameters that are cut", "04 fc00 005a 0a000001 ff ff 0005 02 0002 02", "2/0"],
  ])("%s", (_, text, expected) => {
    expect(code(text)).toBe(expected);
  });

  test("any octets give a verdict", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 10, maxLength: 120 }), (body) => void decodeOpen(body)));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (parameters) => {
        const head = [4, 0xfc, 0, 0, 90, 10, 0, 0, 1, parameters.length];
        expect(["open", "error"]).toContain(decodeOpen(Uint8Array.from([...head, ...parameters])).kind);
      }),
    );
  });
});

describe("NOTIFICATION", () => {
  test("comes back as it went, with its text", () => {
    const cease = ceaseWithText(2, "maintenance until 14:00 ☕");
    const body = encodeNotification(cease).subarray(19);
    expect(decodeNotification(body)).toEqual(cease);
    expect(shutdownText(cease)).toBe("maintenance until 14:00 ☕");
    expect(describeNotification(cease)).toBe("cease: administrative shutdown");
  });

  test("a text is cut between characters, at 255 octets at most", () => {
    const { data } = ceaseWithText(4, "☕".repeat(100));
    expect(data[0]).toBe(255);
    expect(shutdownText(ceaseWithText(4, "☕".repeat(100)))).toBe("☕".repeat(85));
  });

  test("a text that is not as it should be is no text", () => {
    expect(shutdownText(notification(CEASE, 2))).toBeUndefined();
    expect(shutdownText(notification(CEASE, 2, new Uint8Array([5, 65])))).toBeUndefined();
    expect(shutdownText(notification(CEASE, 2, new Uint8Array([2, 0xc3, 0x28])))).toBeUndefined();
    expect(shutdownText(notification(CEASE, 7, new Uint8Array([1, 65])))).toBeUndefined();
  });

  test("every code and subcode has words", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), (code, subcode) => {
        expect(describeNotification(notification(code, subcode))).not.toBe("");
      }),
    );
  });
});

describe("ROUTE-REFRESH", () => {
  test("a bad length is an error, an unknown subtype is ignored, filters behind a request do not matter", () => {
    expect(decodeRouteRefresh(new Uint8Array([0, 1, 0])).kind).toBe("error");
    expect(decodeRouteRefresh(new Uint8Array([0, 1, 1, 128, 0])).kind).toBe("error");
    expect(decodeRouteRefresh(new Uint8Array([0, 1, 9, 128])).kind).toBe("ignore");
    expect(decodeRouteRefresh(new Uint8Array([0, 1, 0, 128, 1, 2, 3])).kind).toBe("route-refresh");
  });
});
