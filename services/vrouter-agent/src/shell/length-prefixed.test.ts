import fc from "fast-check";
import { expect, test } from "vitest";
import { LengthPrefixed } from "./length-prefixed.ts";

test("messages are the same wherever the stream is cut, in Buffers too", () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
  fc.assert(
    fc.property(messages, fc.array(fc.nat(60), { maxLength: 20 }), fc.boolean(), (sent, cuts, inBuffers) => {
      const stream = Uint8Array.from(sent.flatMap((message) => [...LengthPrefixed.wrap(message)]));
      const received = new LengthPrefixed();
      const got: Uint8Array[] = [];
      let at = 0;
      for (const length of [...cuts, stream.length]) {
        const chunk = stream.subarray(at, at + length);
        got.push(...received.take(inBuffers ? Buffer.from(chunk) : chunk));
        at += chunk.length;
      }
      expect(got.map((message) => [...message])).toEqual(sent.map((message) => [...message]));
      expect(received.announcedBytes).toBe(0);
    }),
  );
});

test("a message that is begun says how long it will be, and octets of any kind never throw", () => {
  const received = new LengthPrefixed();
  expect(received.take(Uint8Array.of(0x12, 0x34, 1))).toEqual([]);
  expect(received.announcedBytes).toBe(0x1234);
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
      const any = new LengthPrefixed();
      for (const chunk of chunks) any.take(chunk);
    }),
  );
});
