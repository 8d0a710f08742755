import { routeTarget } from "@contrail/bgp";
import { parseInetAddress } from "@contrail/net";
import { expect, test } from "vitest";
import { HOST, world } from "../testing/exchange-world.ts";
import { isWanted, routeFilter, routeText } from "./route-filter.ts";

/** The texts of the routes of a small world that a query wants. */
async function wanted(query: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { rib, publish, idle } = world();
  for (const index of [1, 2, 256]) publish(index);
  rib.update(
    { kind: "external-peer", name: "default:gw", routerId: 9 },
    {
      unreach: [],
      reach: [{ family: "e-vpn", routes: [MAC_ROUTE], nextHop: 7 }],
      announced: { bytes: new Uint8Array(), attributes: PLAIN },
    },
    true,
  );
  await idle();
  const filter = routeFilter(query);
  return filter.families.flatMap((family) =>
    [...rib.table(family).all()].filter((each) => isWanted(each, filter)).map(routeText),
  );
}

const PLAIN = {
  origin: 0 as const,
  asPath: [],
  localPreference: 100,
  communities: [],
  clusterList: [],
  extendedCommunities: [routeTarget(64_512, 7)],
  largeCommunities: [],
  unknown: [],
};
const MAC_ROUTE = {
  type: 2 as const,
  rdHigh: 64_512,
  rdLow: 5,
  segment: 0n,
  ethernetTag: 0,
  mac: 0x020000000001,
  ip: parseInetAddress("10.0.0.2"),
  label: 5001,
  label2: undefined,
};
const ONE = "172.30.1.2:3:10.0.0.1/32";
const TWO = "172.30.1.2:3:10.0.0.2/32";
const FAR = "172.30.1.2:3:10.0.1.0/32";
const MAC = "2-64512:5-0-02:00:00:00:00:01,10.0.0.2";

test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
  ["nothing: all of them", { family: "inet-vpn" }, [ONE, TWO, FAR]],
  ["an address, in every family", { prefix: "10.0.0.2" }, [MAC, TWO]],
  ["a prefix is met exactly", { prefix: "10.0.0.0/24" }, []],
  ["or with all inside it", { prefix: "10.0.0.0/24", longer: "1", family: "inet-vpn" }, [ONE, TWO]],
  ["a prefix of the other version", { prefix: "::/0", longer: "1" }, []],
  ["a distinguisher", { rd: "64512:5" }, [MAC]],
  ["a target", { target: "target:64512:7" }, [MAC]],
  ["a target without the word", { target: "64512:1" }, [ONE, TWO, FAR]],
  ["an agent", { source: HOST.name }, [ONE, TWO, FAR]],
  ["a peer by the last part of its name", { source: "gw" }, [MAC]],
  ["a MAC address", { text: "02:00:00:00:00:01" }, [MAC]],
  [
    "empty values: all of them",
    { family: "", prefix: "", rd: "", target: "", source: "", text: "" },
    [MAC, ONE, TWO, FAR],
  ],
])("%s", async (_what, query, texts) => {
  expect(await wanted(query)).toEqual(texts);
});

test.each([
  [{ family: "mvpn" }, /^family: not one of route-target, e-vpn/],
  [{ prefix: "10.0.0.1/24" }, /^prefix: not an address or prefix/],
  [{ prefix: "10.0.0.0/33" }, /^prefix/],
  [{ prefix: "10.0.0.0/8/9" }, /^prefix/],
  [{ rd: "x" }, /^rd: not a route distinguisher/],
  [{ target: "64512" }, /^target: not a route target/],
])("%o is refused with what is wanted", (query, message) => {
  expect(() => routeFilter(query as unknown as Record<string, string>)).toThrow(message);
});
