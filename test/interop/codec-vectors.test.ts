import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  encodeAttributes,
  encodeOpen,
  encodeReach,
  encodeUnreach,
  FAMILIES,
  type FamilyRoutes,
  localOpen,
  type PathAttributes,
} from "@contrail/bgp";
import { ATTRIBUTE_VECTORS, EVPN_VECTORS, hexOf, PLAIN, ROUTE_VECTORS } from "@contrail/bgp/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/*
 * The vectors of packages/bgp as whole messages, read by tshark: what we take from the RFCs' pictures is what another
 * decoder takes from them. tshark guesses whether there are path identifiers, so lists with them are left out, and a
 * default route stands last: the guess would be wrong behind it.
 */
const TOOLS = ["tshark", "text2pcap"];
const missing = TOOLS.filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
if (missing.length > 0) console.warn(`SKIPPED test/interop/codec-vectors: needs ${missing.join(" and ")}`);

const INET_HOP = 0xac1f0001;
const INET6_HOP = (0x20010db8n << 96n) + 1n;

/** What goes into one packet, and what tshark must say of it. */
interface Case {
  readonly name: string;
  readonly message: Uint8Array;
  readonly says: readonly string[];
}

function announcement(routes: FamilyRoutes, attributes: Partial<PathAttributes> = {}): Uint8Array {
  const inet6 = routes.family === "inet6" || routes.family === "inet6-vpn";
  const bytes = encodeAttributes({ ...PLAIN, localPreference: 100, ...attributes }, { fourOctetAs: true });
  const encoded = encodeReach({ ...routes, nextHop: inet6 ? INET6_HOP : INET_HOP }, bytes, 4096);
  const [message] = encoded.kind === "encoded" ? encoded.messages : [];
  if (message === undefined) throw new Error("no message");
  return message;
}

/** What tshark calls a prefix, a distinguisher or an address, for the routes of each vector. */
const ROUTE_WORDS: Readonly<Record<string, readonly string[]>> = {
  inet: ["10.1.0.0/16", "10.2.3.0/24", "10.4.5.6/32", "10.128.0.0/9", "0.0.0.0/0"],
  inet6: ["2001:db8::/32", "2001:db8:1::/64", "2001:db8::1/128", "::/0", "2001:db8:1:8000::/49"],
  "inet-vpn": ["64512:1", "10.1.1.0", "17 (bottom)", "10.0.0.1:5", "10.2.3.4", "1048575 (bottom)", "4200000000:7"],
  "inet6-vpn": ["10.0.0.1:5", "2001:db8:1::", "17 (bottom)", "64512:1", "2001:db8::1", "18 (bottom)"],
  "route-target": ["Originating AS: 64512", "64512:100"],
};

const EVPN_WORDS: Readonly<Record<number, readonly string[]>> = {
  1: ["Ethernet AD Route (1)", "10.0.0.1:5", "Ethernet Tag ID: 4294967295"],
  2: ["MAC Advertisement Route (2)", "10.0.0.1:5", "02:00:00:00:00:01"],
  3: ["Inclusive Multicast Route (3)", "10.0.0.1:5"],
  4: ["Ethernet Segment Route (4)", "10.0.0.1:5"],
  5: ["IP Prefix route (5)", "10.0.0.1:5"],
  6: ["Selective Multicast Ethernet Tag Route (6)", "10.0.0.1:5", "225.1.1.1"],
};

const ATTRIBUTE_WORDS: Readonly<Record<string, readonly string[]>> = {
  med: ["MULTI_EXIT_DISC: 100"],
  localPreference: ["LOCAL_PREF: 200"],
  atomicAggregate: ["ATOMIC_AGGREGATE"],
  aggregator: ["AGGREGATOR: AS: 4200000000 origin: 10.0.0.1"],
  communities: ["64512:7", "NO_EXPORT"],
  originatorId: ["ORIGINATOR_ID: 10.0.0.9"],
  clusterList: ["10.0.0.1 10.0.0.2"],
  extendedCommunities: ["64512:100", "MPLS in UDP Encapsulation"],
  pmsiTunnel: ["Ingress Replication", "10.0.0.1"],
  largeCommunities: ["4200000000:1:2"],
  // tshark 4.0 has no more than the numbers of these.
  ipv6ExtendedCommunities: ["(25)"],
  onlyToCustomer: ["(35)"],
  originVnPath: ["(243)"],
};

function cases(): Case[] {
  const routes = ROUTE_VECTORS.filter((vector) => vector.routes.pathIds === undefined).map((vector) => ({
    name: `${vector.routes.family} (${vector.source})`,
    message: announcement(vector.routes),
    says: ROUTE_WORDS[vector.routes.family] ?? [],
  }));
  const evpn = EVPN_VECTORS.flatMap(({ routes: list, source }) => {
    if (list.family !== "e-vpn") return [];
    const [route] = list.routes;
    const withdrawn = encodeUnreach(list, 4096)[0] ?? new Uint8Array();
    const says = EVPN_WORDS[route?.type ?? 0] ?? [];
    return [
      { name: `e-vpn (${source})`, message: announcement(list), says },
      { name: `e-vpn withdrawn (${source})`, message: withdrawn, says },
    ];
  });
  const attributes = ATTRIBUTE_VECTORS.map((vector) => {
    const [field = ""] = Object.keys(vector.attributes);
    const inet: FamilyRoutes = { family: "inet", routes: [{ address: 0x0a000000, length: 8 }] };
    return { name: vector.source, message: announcement(inet, vector.attributes), says: ATTRIBUTE_WORDS[field] ?? [] };
  });
  return [...routes, ...evpn, ...attributes, openCase()];
}

function openCase(): Case {
  const settings = {
    ...{ localAs: 4200000000, localId: 0x0a000001, peerAs: 65001, families: FAMILIES, holdTimeMs: 90_000 },
    ...{ passive: false, connectRetryMs: 1, delayOpenMs: 0, idleHoldMinMs: 1, idleHoldMaxMs: 1, stableAfterMs: 1 },
    ...{ gracefulRestartMs: 300_000, longLivedStaleMs: 60_000_000, extendedNextHop: true },
    addPath: [{ family: "inet-vpn" as const, receive: true, send: true }],
  };
  const says = [
    "EVPN (70)",
    "Route Target Filter (132)",
    "AS Number: 4200000000",
    "Both (3)",
    "Extended Next Hop Encoding",
  ];
  return { name: "OPEN", message: encodeOpen(localOpen(settings, true)), says };
}

describe.skipIf(missing.length > 0)("tshark reads our messages as we meant them:", () => {
  const all = cases();
  let folder: string;
  let packets: readonly string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "oct-vectors-"));
    const dump = all.map(({ message }) => `0000 ${hexOf(message).match(/../g)?.join(" ")}\n`).join("\n");
    const [text, pcap] = [join(folder, "messages.txt"), join(folder, "messages.pcap")];
    writeFileSync(text, dump);
    run("text2pcap", "-q", "-T", "40000,179", text, pcap);
    // One connection would be put together as a stream; each packet is a message of its own.
    packets = run("tshark", "-r", pcap, "-o", "tcp.desegment_tcp_streams:FALSE", "-V", "-O", "bgp")
      .split(/^Frame \d+:/m)
      .slice(1);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("as many as there are", () => {
    expect(packets).toHaveLength(all.length);
  });

  test.each(all.map(({ name, says }, index) => ({ name, says, index })))("$name", ({ says, index }) => {
    const packet = packets[index] ?? "";
    expect(packet).toContain("Border Gateway Protocol");
    expect(packet).not.toMatch(/Malformed|Expert Info \((Warning|Error)/);
    for (const words of says) expect(packet).toContain(words);
  });
});

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout;
}
