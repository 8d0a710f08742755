import { encodeAttributes, type FamilyName, LLGR_STALE, type Retention, routeTarget } from "@contrail/bgp";
import { type PathSource, Rib } from "@contrail/rib";
import { describe, expect, test } from "vitest";
import { HeldClock } from "../testing/held-clock.ts";
import { ListeningPeer } from "../testing/listening-peer.ts";
import { PeerRetention } from "./peer-retention.ts";
import { RibDriver } from "./rib-driver.ts";

const PEER: PathSource = { kind: "internal-peer", name: "gateway", routerId: 7 };
const RESTART_MS = 60_000;
const LONG_MS = 3_600_000;
const END_MS = 300_000;

/** A peer that has said one route of each of two families. */
function world() {
  const clock = new HeldClock();
  const rib = new Rib({ autonomousSystem: 64_512, routerId: 1 });
  const retention = new PeerRetention(new RibDriver(rib, clock), clock, END_MS);
  const say = (family: "inet-vpn" | "inet6-vpn") => rib.update(PEER, announcement(family), true);
  say("inet-vpn");
  say("inet6-vpn");
  const held = (): string[] => {
    rib.step(Number.POSITIVE_INFINITY);
    return (["inet-vpn", "inet6-vpn"] satisfies FamilyName[]).flatMap((family) =>
      [...rib.table(family).all()].flatMap(({ paths }) =>
        paths.map(({ attributes }) => `${family}${attributes.communities.includes(LLGR_STALE) ? " long" : ""}`),
      ),
    );
  };
  return { clock, rib, retention, say, held };
}

function announcement(family: "inet-vpn" | "inet6-vpn") {
  const attributes = {
    origin: 0 as const,
    asPath: [],
    communities: [],
    clusterList: [],
    extendedCommunities: [routeTarget(64_512, 1)],
    largeCommunities: [],
    unknown: [],
  };
  const head = { rdHigh: 64_512, rdLow: 1, length: 32, label: 16 };
  const reach =
    family === "inet-vpn"
      ? { family, routes: [{ ...head, address: 0x0a000000 }], nextHop: 0xac1f0003 }
      : { family, routes: [{ ...head, address: 0x20010db8n << 96n }], nextHop: 0xac1f0003 };
  return { unreach: [], reach: [reach], announced: { attributes, bytes: encodeAttributes(attributes, FOUR_OCTETS) } };
}

const FOUR_OCTETS = { fourOctetAs: true };

function retaining(families: readonly FamilyName[], longLived: readonly FamilyName[] = []): Retention {
  const later = longLived.map((family) => ({ family, staleTimeMs: LONG_MS }));
  return { families, restartTimeMs: RESTART_MS, longLived: later };
}

/** What a peer says that is back: it has gone on forwarding for these families. */
function back(...preserved: readonly FamilyName[]) {
  const families = preserved.map((family) => ({ family, forwardingPreserved: true }));
  return new ListeningPeer("gateway", {
    families: ["inet-vpn", "inet6-vpn"],
    gracefulRestart: { restartTimeMs: RESTART_MS, restarting: true, notifications: true, families },
  }).parameters;
}

describe("routes of a peer that is away", () => {
  test("go at once where nothing may be kept", () => {
    const { retention, clock, held } = world();
    retention.down(PEER, undefined);
    expect([held(), clock.pending]).toEqual([[], 0]);
  });

  test("are kept for the restart time in the families that were agreed on, and in no other", () => {
    const { retention, clock, held } = world();
    retention.down(PEER, retaining(["inet-vpn"]));
    expect(held()).toEqual(["inet-vpn"]);
    clock.advance(RESTART_MS - 1);
    expect(held()).toEqual(["inet-vpn"]);
    clock.advance(1);
    expect([held(), clock.pending]).toEqual([[], 0]);
  });

  test("are the last choice after that, for as long as both sides said, family by family", () => {
    const { retention, clock, held } = world();
    retention.down(PEER, retaining(["inet-vpn"], ["inet-vpn", "inet6-vpn"]));
    expect(held()).toEqual(["inet-vpn", "inet6-vpn long"]);
    clock.advance(RESTART_MS);
    expect(held()).toEqual(["inet-vpn long", "inet6-vpn long"]);
    clock.advance(LONG_MS - RESTART_MS);
    expect(held()).toEqual(["inet-vpn long"]);
    clock.advance(RESTART_MS);
    expect([held(), clock.pending]).toEqual([[], 0]);
  });

  test("of families for which it has not gone on forwarding go when it is back; the others wait for End-of-RIB", () => {
    const { retention, clock, held } = world();
    retention.down(PEER, retaining(["inet-vpn", "inet6-vpn"]));
    retention.back(PEER, back("inet-vpn"));
    expect(held()).toEqual(["inet-vpn"]);
    clock.advance(RESTART_MS);
    expect(held()).toEqual(["inet-vpn"]);
    retention.endOfRib(PEER, "inet-vpn");
    expect(held()).toEqual([]);
  });

  test("that came again stay after End-of-RIB, each family at its own", () => {
    const { retention, say, held } = world();
    retention.down(PEER, retaining(["inet-vpn", "inet6-vpn"]));
    retention.back(PEER, back("inet-vpn", "inet6-vpn"));
    say("inet-vpn");
    retention.endOfRib(PEER, "inet-vpn");
    expect(held()).toEqual(["inet-vpn", "inet6-vpn"]);
    retention.endOfRib(PEER, "inet6-vpn");
    expect(held()).toEqual(["inet-vpn"]);
  });

  test("wait no longer than a while for an End-of-RIB that never comes", () => {
    const { retention, clock, held } = world();
    retention.down(PEER, retaining(["inet-vpn"]));
    retention.back(PEER, back("inet-vpn"));
    clock.advance(END_MS);
    expect([held(), clock.pending]).toEqual([[], 0]);
  });

  test("go when the peer is not configured any more, with every timer", () => {
    const { retention, clock, held } = world();
    retention.down(PEER, retaining(["inet-vpn"], ["inet6-vpn"]));
    retention.forget(PEER);
    expect([held(), clock.pending]).toEqual([[], 0]);
  });
});
