import { encodeAttributes } from "@contrail/bgp";
import { describe, expect, test } from "vitest";
import { announcement, world } from "../testing/exchange-world.ts";
import { ListeningPeer } from "../testing/listening-peer.ts";

/** A peer that says one route with so many communities, and one that is to be told of it. */
function between(reader: ListeningPeer) {
  const { exchange, idle, warnings } = world();
  const writer = new ListeningPeer("writer", { external: true, peerAs: 65_001 });
  for (const peer of [writer, reader]) exchange.established(peer);
  const { reach, unreach, announced } = announcement(1);
  const say = async (count: number) => {
    const communities = Array.from({ length: count }, (_, index) => index + 1);
    const attributes = { ...announced.attributes, communities };
    const bytes = encodeAttributes(attributes, { fourOctetAs: true });
    exchange.update(writer, { unreach, reach, announced: { bytes, attributes } });
    await idle();
    const output = exchange.outputs().find(({ name }) => name === "reader");
    return { advertised: output?.advertised["inet-vpn"] ?? 0, untold: output?.untold, has: reader.table.size };
  };
  const withdraw = async () => {
    exchange.update(writer, {
      unreach: reach.map(({ family, routes }) => ({ family, routes })),
      reach: [],
      announced: undefined,
    });
    await idle();
    return exchange.outputs().find(({ name }) => name === "reader")?.untold;
  };
  return { say, withdraw, warnings };
}

describe.each([
  ["by best path", {}],
  ["by all paths", { addPathSend: ["inet-vpn"] }],
] as const)("a route too large for a message, to a peer that is told %s,", (_, more) => {
  test("is taken back from the peer, counted while it is so, and told again when it fits; a log says it once", async () => {
    const { say, withdraw, warnings } = between(new ListeningPeer("reader", more));
    expect(await say(3)).toEqual({ advertised: 1, untold: 0, has: 1 });
    expect(await say(1_200)).toEqual({ advertised: 0, untold: 1, has: 0 });
    expect(await say(1_300)).toEqual({ advertised: 0, untold: 1, has: 0 });
    expect(await say(4)).toEqual({ advertised: 1, untold: 0, has: 1 });
    expect(await say(1_200)).toEqual({ advertised: 0, untold: 1, has: 0 });
    expect(await withdraw()).toBe(0);
    expect(warnings).toEqual(["BGP peer is not told of routes whose attributes do not fit into a message"]);
  });
});

test("a peer with long messages is told of it", async () => {
  const { say } = between(new ListeningPeer("reader", { maxMessageBytes: 65_535 }));
  expect(await say(1_200)).toEqual({ advertised: 1, untold: 0, has: 1 });
});
