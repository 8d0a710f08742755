import { expect, test } from "vitest";
import { nameServers } from "./ask-outside.ts";

test("the first two IPv4 name servers of resolv.conf are asked", () => {
  const text =
    "# nameserver 192.0.2.9\nsearch example\nnameserver fe80::1%eth0\nnameserver 192.0.2.1\n nameserver\t192.0.2.2\nnameserver 192.0.2.3\n";
  expect(nameServers(text)).toEqual(["192.0.2.1", "192.0.2.2"]);
});

test("a file without name servers has none", () => {
  expect(nameServers("")).toEqual([]);
});
