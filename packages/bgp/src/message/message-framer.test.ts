import { expect, test } from "vitest";
import { HEADER_BYTES, MAX_EXTENDED_MESSAGE_BYTES, UPDATE, writeHeader } from "./header.ts";
import { MessageFramer } from "./message-framer.ts";

/** An UPDATE of 65535 octets, each of which can be told from its neighbours. */
function longest(): Uint8Array {
  const message = new Uint8Array(MAX_EXTENDED_MESSAGE_BYTES);
  for (let index = HEADER_BYTES; index < message.length; index++) message[index] = index * 7;
  writeHeader(message, message.length, UPDATE);
  return message;
}

test("the longest message is cut whole from chunks of any size, down to single octets (RFC 8654)", () => {
  const message = longest();
  for (const chunkBytes of [1, 2, 19, 1448, 4096, 65534, 65535]) {
    const framer = new MessageFramer();
    framer.allowExtendedMessages();
    for (let offset = 0; offset < message.length; offset += chunkBytes) {
      expect(framer.next().kind).toBe("incomplete");
      framer.push(message.subarray(offset, offset + chunkBytes));
    }
    const frame = framer.next();
    if (frame.kind !== "message") throw new Error(frame.kind);
    expect(Buffer.from(frame.body).equals(message.subarray(HEADER_BYTES))).toBe(true);
    expect(framer.bufferedBytes).toBe(0);
  }
});

test("a body stays as it is until the next push, though octets of the next message wait behind it", () => {
  const message = longest();
  const framer = new MessageFramer();
  framer.allowExtendedMessages();
  framer.push(message.subarray(0, 100));
  framer.push(message.subarray(100));
  framer.push(message.subarray(0, 50));
  const frame = framer.next();
  if (frame.kind !== "message") throw new Error(frame.kind);
  expect(Buffer.from(frame.body).equals(message.subarray(HEADER_BYTES))).toBe(true);
  expect(framer.next().kind).toBe("incomplete");
  expect(framer.bufferedBytes).toBe(50);
});

test("after an error nothing is kept of what comes", () => {
  const framer = new MessageFramer();
  framer.push(new Uint8Array(HEADER_BYTES));
  expect(framer.next().kind).toBe("error");
  for (let count = 0; count < 100; count++) framer.push(longest());
  expect(framer.bufferedBytes).toBe(0);
  expect(framer.next().kind).toBe("error");
});
