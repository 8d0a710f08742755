import { expect, test } from "vitest";
import { instanceRows, neighbourRows, routeRows, summaryRows, whyLines } from "./bgp-tables.ts";
import type { NeighbourPage, RoutePath } from "./control-pages.ts";

const COUNTS = { total: 12, open: 1, update: 5, notification: 0, keepalive: 6, routeRefresh: 0 };
const ROUTES = {
  name: "d:p:ip-fabric:__default__:gw",
  inStep: false,
  missed: 7,
  memberships: 3,
  received: { "inet-vpn": 40, "e-vpn": 2 },
  advertised: { "inet-vpn": 9 },
};
const GATEWAY: NeighbourPage = {
  name: "d:p:ip-fabric:__default__:gw",
  address: "172.31.0.9",
  peerAs: 65_001,
  state: "established",
  establishedForMs: 90_061_000,
  establishedCount: 2,
  lastDownReason: "hold timer expired",
  shutdownText: "",
  messagesReceived: COUNTS,
  messagesSent: { ...COUNTS, total: 13 },
  updatesReceived: 5,
  treatedAsWithdraw: 1,
  attributesDiscarded: 0,
  disabledFamilies: ["e-vpn"],
  outputBytes: 4_096,
  capabilities: {
    local: [{ kind: "multiprotocol", afi: 1, safi: 128 }, { kind: "route-refresh" }],
    peer: [{ kind: "add-path", families: [{ afi: 1, safi: 128, receive: true, send: true }] }],
  },
  parameters: { families: ["inet-vpn", "e-vpn"], holdTimeMs: 90_000, external: true },
  routes: ROUTES,
};
const PATH: RoutePath = {
  source: "agent host1",
  nextHop: "172.30.1.2",
  label: 17,
  asPath: "",
  origin: "igp",
  localPreference: 100,
  targets: ["target:64512:8000001"],
  stale: false,
  feasible: true,
  best: true,
};

test("a summary has a row for each session, with what came and went", () => {
  const idle = { ...GATEWAY, name: "a:b", state: "idle", lastDownReason: "" };
  expect(summaryRows({ control1: { peers: [GATEWAY, idle], output: [ROUTES] } })).toEqual([
    ["NODE", "NEIGHBOR", "ADDRESS", "AS", "STATE", "FOR", "RECEIVED", "ADVERTISED", "IN", "OUT", "LAST ERROR"],
    [
      "control1",
      "gw",
      "172.31.0.9",
      "65001",
      "established",
      "1d 01:01:01",
      "42",
      "9",
      "12",
      "13",
      "hold timer expired",
    ],
    ["control1", "b", "172.31.0.9", "65001", "idle", "-", "-", "-", "12", "13", "-"],
  ]);
});

test("a neighbour is told whole: routes by family, messages by type, capabilities of both sides", () => {
  const rows = new Map(neighbourRows(GATEWAY).map(([name = "", value = ""]) => [name, value]));
  expect(Object.fromEntries(rows)).toMatchObject({
    state: "established for 1d 01:01:01",
    AS: "65001 (external)",
    "hold time": "90 s",
    "routes inet-vpn": "40 received, 9 advertised",
    "routes e-vpn": "2 received, 0 advertised",
    "families given up": "e-vpn",
    "in step": "no: 7 routes behind",
    "messages received": "12 (open 1, update 5, notification 0, keepalive 6, routeRefresh 0)",
    "our capabilities": "multiprotocol (afi 1, safi 128); route-refresh",
    "its capabilities": "add-path (families 1/128)",
  });
});

test("routes have a row for each path, the best one marked", () => {
  const paths = [
    PATH,
    { ...PATH, best: false, stale: true, asPath: "65001", med: 5 },
    { ...PATH, best: false, feasible: false },
  ];
  const [, ...rows] = routeRows({ control1: [{ family: "inet-vpn", route: "1:1:10.0.0.1/32", paths }] });
  expect(rows.map((row) => [row[3], ...row.slice(7, 10)])).toEqual([
    [">", "100", "-", "-"],
    ["s", "100", "5", "65001"],
    ["x", "100", "-", "-"],
  ]);
});

test("routes of an instance have a row for each next hop", () => {
  const hop = { address: "172.30.1.2", label: 17, virtualNetworkId: 4, securityGroupIds: [8, 9] };
  const nextHops = [hop, { ...hop, label: 18, securityGroupIds: [] }];
  const [, ...rows] = instanceRows({ control1: [{ prefix: "10.0.0.1/32", localPreference: 200, nextHops }] });
  expect(rows).toEqual([
    ["control1", "10.0.0.1/32", "172.30.1.2", "17", "200", "4", "8,9"],
    ["control1", "10.0.0.1/32", "172.30.1.2", "18", "200", "4", "-"],
  ]);
});

test("why is told in lines: paths, instances, peers", () => {
  const lines = whyLines("control1", {
    family: "inet-vpn",
    route: "1:1:10.0.0.1/32",
    paths: [
      PATH,
      {
        ...PATH,
        best: false,
        source: "internal-peer d:p:ip-fabric:__default__:c2",
        reason: "the best path has: shorter AS path",
      },
    ],
    instances: [
      { instance: "red", imported: true },
      { instance: "green", imported: true, reason: "another route to the prefix has: lower MED" },
      { instance: "blue", imported: false, reason: "the instance imports none of its route targets" },
    ],
    peers: [
      { peer: "a:gw", advertised: true, waits: true },
      { peer: "c2", advertised: false, waits: false, reason: "the peer has said it itself" },
    ],
  });
  expect(lines).toEqual([
    "control1: inet-vpn 1:1:10.0.0.1/32",
    "  best  from agent host1 via 172.30.1.2",
    "        from internal-peer c2 via 172.30.1.2: the best path has: shorter AS path",
    "  imported into red",
    "  imported into green, and not used there: another route to the prefix has: lower MED",
    "  not imported into blue: the instance imports none of its route targets",
    "  advertised to gw, as soon as it has read what is before it",
    "  not advertised to c2: the peer has said it itself",
  ]);
});

test("what an instance's policies leave out is told beside the instance, and what a peer is not told of in a row", () => {
  const policyProblems = [{ policy: "d:p:export-all", reason: "left out: it follows one that is" }];
  const instances = [
    { instance: "d:p:red:red", imported: true, policyProblems },
    { instance: "d:p:blue:blue", imported: false, reason: "none of its targets" },
  ];
  expect(
    whyLines("control1", { family: "inet-vpn", route: "1:1:10.0.0.1/32", paths: [], instances, peers: [] }),
  ).toEqual([
    "control1: inet-vpn 1:1:10.0.0.1/32",
    "  imported into d:p:red:red",
    "    its policy export-all: left out: it follows one that is",
    "  not imported into d:p:blue:blue: none of its targets",
  ]);
  expect(neighbourRows({ ...GATEWAY, routes: { ...ROUTES, untold: 3 } })).toContainEqual([
    "too large for a message",
    "3 routes",
  ]);
  expect(neighbourRows(GATEWAY)).toContainEqual(["too large for a message", "-"]);
});
