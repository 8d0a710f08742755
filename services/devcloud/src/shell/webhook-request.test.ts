import { expect, test } from "vitest";
import { isLocalAddress } from "./webhook-request.ts";

test("loopback, link-local and unspecified addresses are local, however they are written; others and names are not", () => {
  const local = [
    ...["127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254"],
    ...["::1", "[::1]", "::", "fe80::1", "fe80::1%eth0", "::ffff:127.0.0.1", "[::ffff:7f00:1]"],
  ];
  expect(local.filter((host) => !isLocalAddress(host))).toEqual([]);
  const remote = ["10.0.0.1", "192.0.2.1", "128.0.0.1", "2001:db8::1", "::ffff:10.0.0.1", "localhost", "example.org"];
  expect(remote.filter(isLocalAddress)).toEqual([]);
});
