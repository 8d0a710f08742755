import { describe, expect, test } from "vitest";
import { MAX_MESSAGE_BYTES } from "./header.ts";
import {
  decodeNotification,
  describeNotification,
  encodeNotification,
  hardReset,
  hardResetReason,
  notification,
} from "./notification.ts";
import { CEASE, CEASE_ADMINISTRATIVE_SHUTDOWN, CEASE_MAXIMUM_PREFIXES, UPDATE_ERROR } from "./notification-codes.ts";
import { ceaseWithText, shutdownText } from "./shutdown-communication.ts";

test.each([
  [1, 1, "message header error: connection not synchronized"],
  [1, 2, "message header error: bad message length"],
  [1, 3, "message header error: bad message type"],
  [2, 1, "OPEN error: unsupported version number"],
  [2, 2, "OPEN error: bad peer AS"],
  [2, 3, "OPEN error: bad BGP identifier"],
  [2, 4, "OPEN error: unsupported optional parameter"],
  [2, 6, "OPEN error: unacceptable hold time"],
  [2, 7, "OPEN error: unsupported capability"],
  [2, 11, "OPEN error: role mismatch"],
  [3, 1, "UPDATE error: malformed attribute list"],
  [3, 2, "UPDATE error: unrecognized well-known attribute"],
  [3, 9, "UPDATE error: optional attribute error"],
  [3, 10, "UPDATE error: invalid network field"],
  [4, 0, "hold timer expired"],
  [5, 3, "FSM error: in Established"],
  [6, 1, "cease: maximum number of prefixes reached"],
  [6, 2, "cease: administrative shutdown"],
  [6, 8, "cease: out of resources"],
  [6, 9, "cease: hard reset"],
  [6, 10, "cease: BFD down"],
  [6, 11, "cease: subcode 11"],
  [7, 1, "ROUTE-REFRESH error: invalid message length"],
  [8, 0, "send hold timer expired"],
  [9, 4, "code 9 subcode 4"],
])("%i/%i is called %j", (code, subcode, name) => {
  expect(describeNotification(notification(code, subcode))).toBe(name);
});

describe("a hard reset (RFC 8538 section 3.1)", () => {
  const shutdown = ceaseWithText(CEASE_ADMINISTRATIVE_SHUTDOWN, "moving to rack 7");

  test("carries the notification that it stands for, its text too", () => {
    const reset = decodeNotification(encodeNotification(hardReset(shutdown)).subarray(19));
    expect(hardResetReason(reset)).toEqual(shutdown);
    expect(shutdownText(reset)).toBe("moving to rack 7");
    expect(describeNotification(reset)).toBe("cease: hard reset (cease: administrative shutdown)");
  });

  test("that says no more is one all the same, and one inside another is not unpacked for ever", () => {
    const bare = notification(CEASE, 9);
    expect(hardResetReason(bare)).toBeUndefined();
    expect(describeNotification(bare)).toBe("cease: hard reset");
    expect(describeNotification(hardReset(hardReset(shutdown)))).toBe("cease: hard reset");
    expect(shutdownText(hardReset(notification(CEASE, CEASE_MAXIMUM_PREFIXES)))).toBeUndefined();
  });
});

test("a notification is at most 4096 octets long, whatever it gives back (RFC 8654 section 5)", () => {
  const message = encodeNotification(notification(UPDATE_ERROR, 1, new Uint8Array(60_000)));
  expect(message.length).toBe(MAX_MESSAGE_BYTES);
  expect([message[16], message[17]]).toEqual([0x10, 0x00]);
});
