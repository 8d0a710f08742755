import { expect, test } from "vitest";
import { parseListeners } from "./listeners.ts";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

test("listening sockets are read with address and port, others are not", () => {
  const text = [
    HEAD,
    "   0: 020B1EAC:1495 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0",
    "   1: 0100007F:1F93 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0",
    "   2: 020B1EAC:1495 02011EAC:A1B2 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0",
    "",
  ].join("\n");
  expect(parseListeners(text)).toEqual(["172.30.11.2:5269", "127.0.0.1:8083"]);
});

test("IPv6 listeners are read too", () => {
  const rest = "00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1 1 0 100 0 0 10 0";
  const text = [
    HEAD,
    `   0: 00000000000000000000000000000000:0050 ${rest}`,
    `   1: 00000000000000000000000001000000:0051 ${rest}`,
    `   2: B80D0120000000000000000001000000:0052 ${rest}`,
  ].join("\n");
  expect(parseListeners(text)).toEqual(["[::]:80", "[::1]:81", "[2001:db8:0:0:0:0:0:1]:82"]);
});

test("an IPv4 address on a socket of both families is an IPv4 address", () => {
  const rest = "00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1 1 0 100 0 0 10 0";
  const text = [HEAD, `   0: 0000000000000000FFFF0000021E1EAC:2352 ${rest}`, ""].join("\n");
  expect(parseListeners(text)).toEqual(["172.30.30.2:9042"]);
});
