import type { NextHopAction } from "@contrail/forwarding";
import { inetPrefix, parseInetAddress } from "@contrail/net";
import { expect, test } from "vitest";
import { routeView } from "./route-view.ts";

const REMOTE: NextHopAction = {
  kind: "tunnel",
  encapsulation: "mplsoudp",
  remoteAddress: parseInetAddress("172.30.2.2") ?? 0,
};
const NAMES = {
  nextHops: new Map<number, NextHopAction>([
    [1, { kind: "punt" }],
    [2, { kind: "interface", interface: 7 }],
    [3, REMOTE],
    [
      4,
      {
        kind: "ecmp",
        members: [
          { nextHop: 2, label: 0 },
          { nextHop: 3, label: 16 },
          { nextHop: 4, label: 0 },
        ],
      },
    ],
    [5, { kind: "interface", interface: 99 }],
    [6, { kind: "discard" }],
  ]),
  interfaces: new Map([[7, { device: "tap7", machine: "m1" }]]),
  networks: new Map([[5, "default-domain:p:net1"]]),
};

test.each([
  [1, "this host"],
  [2, "tap7 of m1"],
  [3, "tunnel to 172.30.2.2"],
  [4, "tap7 of m1 | tunnel to 172.30.2.2 | next hop 4"],
  [5, "vif 99"],
  [6, "discard"],
  [8, undefined],
])("a route by next hop %i leads to %s", (nextHop, via) => {
  const prefix = inetPrefix(parseInetAddress("10.9.0.3") ?? 0, 32);
  const row = { vrf: 1, prefix, nextHop, label: 0, originNetwork: 5, groupSet: 0 };
  expect(routeView(row, NAMES, undefined)).toEqual({
    ...row,
    prefix: "10.9.0.3/32",
    network: "default-domain:p:net1",
    via,
  });
});

test("a route of other hosts has the communities and tags that a control node told", () => {
  const prefix = inetPrefix(parseInetAddress("10.9.0.3") ?? 0, 32);
  const row = { vrf: 1, prefix, nextHop: 4, label: 0, originNetwork: 5, groupSet: 0 };
  const hop = { address: 1, label: 16, encapsulations: [], groups: [], networkId: 5 };
  const nextHops = [hop, { ...hop, tags: [9, 7] }, { ...hop, tags: [7] }];
  const told = { ...prefix, nextHops, communities: [0xfc000007, 0xffffff01] };
  expect(routeView(row, NAMES, told)).toMatchObject({ communities: ["64512:7", "no-export"], tags: [7, 9] });
});
