import { expect, test } from "vitest";
import { guestFiles } from "./guest-files.ts";

const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, "latin1"));
const lease = (options: readonly (readonly [number, Uint8Array])[]) => ({
  messageType: 5,
  address: 0x0a090002,
  options: new Map(options),
});

test("a lease's name servers, domain and name become the machine's own files", () => {
  const servers = Uint8Array.of(10, 9, 0, 1, 192, 0, 2, 53);
  expect(
    guestFiles(
      lease([
        [6, servers],
        [12, text("web-1")],
        [15, text("cs2.example")],
      ]),
    ),
  ).toEqual({
    "resolv.conf": "search cs2.example\nnameserver 10.9.0.1\nnameserver 192.0.2.53\n",
    hostname: "web-1\n",
  });
});

test("a lease without name servers leaves those that another one gave", () => {
  expect(guestFiles(lease([[15, text("cs2.example")]]))).toEqual({});
});

test("what is no name comes into no file", () => {
  const servers = Uint8Array.of(10, 9, 0, 1, 7);
  for (const bad of ["a b", "a\nnameserver 6.6.6.6", "-a", ""]) {
    expect(
      guestFiles(
        lease([
          [6, servers],
          [12, text(bad)],
          [15, text(bad)],
        ]),
      ),
    ).toEqual({
      "resolv.conf": "nameserver 10.9.0.1\n",
    });
  }
});
