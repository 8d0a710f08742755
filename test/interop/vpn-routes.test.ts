import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Capture } from "./capture.ts";
import { FRR_ROUTES, Frr } from "./frr.ts";
import { GoBgp } from "./gobgp.ts";
import { missingNeeds } from "./needs.ts";
import { createNetwork, FRR, GOBGP, OURS, removeNetwork } from "./network.ts";
import { SpeakerClient } from "./speaker-client.ts";

const skipped = missingNeeds();
if (skipped !== undefined) console.warn(`SKIPPED test/interop: ${skipped}`);

const DEADLINE = { timeout: 60_000, interval: 100 };
const TARGET = "target:64512:100";
const ROUTES = [
  { rd: "172.30.1.2:3", prefix: "10.7.7.7/32", label: 17 },
  { rd: "64512:5", prefix: "10.8.0.0/16", label: 1048575 },
  { rd: "4200000000:5", prefix: "0.0.0.0/0", label: 16 },
] as const;
const ANNOUNCEMENT = {
  kind: "announce",
  nextHop: OURS.address,
  routes: ROUTES,
  routeTargets: [TARGET, "target:64512:8000001"],
  encapsulations: [13],
  originNetworks: [42],
  securityGroups: [8000004],
} as const;

describe.skipIf(skipped !== undefined)("VPN-IPv4 routes with FRR and GoBGP", () => {
  let folder: string;
  let capture: Capture;
  let frr: Frr;
  let gobgp: GoBgp;
  let speaker: SpeakerClient;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "oct-bgp-"));
    createNetwork();
    capture = new Capture(folder);
    speaker = new SpeakerClient();
    await vi.waitFor(() => expect(speaker.of("ready")).toHaveLength(1), DEADLINE);
    frr = new Frr(folder);
    gobgp = new GoBgp(folder);
    const peer = { port: 179, localAs: 64512, peerAs: 64512 };
    speaker.tell({
      kind: "set-peers",
      peers: [
        { ...peer, name: "frr", address: FRR.address, families: ["inet-vpn"] },
        { ...peer, name: "gobgp", address: GOBGP.address, families: ["inet-vpn", "route-target"] },
      ],
    });
  });

  afterAll(async () => {
    await speaker?.stop();
    await Promise.all([frr?.stop(), gobgp?.stop(), capture?.stop()]);
    removeNetwork();
    rmSync(folder, { recursive: true, force: true });
  });

  test("sessions come up with the capabilities of both", async () => {
    await vi.waitFor(
      () =>
        expect(
          speaker
            .of("established")
            .map(({ peer }) => peer)
            .sort(),
        ).toEqual(["frr", "gobgp"]),
      DEADLINE,
    );
    const [frrUp] = speaker.of("established", "frr");
    expect(frrUp?.parameters).toMatchObject({ families: ["inet-vpn"], fourOctetAs: true, external: false });
    const [gobgpUp] = speaker.of("established", "gobgp");
    expect(gobgpUp?.parameters).toMatchObject({ families: ["route-target", "inet-vpn"], fourOctetAs: true });
  });

  test("FRR's routes reach us with distinguisher, label and route target", async () => {
    const { plain, red, redTarget } = FRR_ROUTES;
    await vi.waitFor(() => expect(speaker.of("announced", "frr")).toHaveLength(2), DEADLINE);
    const learnt = speaker.of("announced", "frr");
    expect(learnt).toContainEqual(expect.objectContaining({ ...plain, nextHop: FRR.address }));
    expect(learnt).toContainEqual(expect.objectContaining({ ...red, routeTargets: [redTarget] }));
    await vi.waitFor(() => expect(speaker.of("end-of-rib", "frr")).toMatchObject([{ family: "inet-vpn" }]), DEADLINE);
  });

  test("our routes reach FRR as they were meant", async () => {
    speaker.tell({ ...ANNOUNCEMENT, peer: "frr" });
    speaker.tell({ kind: "end-of-rib", peer: "frr", family: "inet-vpn" });
    await vi.waitFor(() => expect(frr.show("show bgp ipv4 vpn 10.7.7.7/32")).toContain("172.30.1.2:3"), DEADLINE);
    const shown = frr.show("show bgp ipv4 vpn 10.7.7.7/32");
    expect(shown).toContain("Remote label: 17");
    expect(shown).toContain("RT:64512:100 RT:64512:8000001");
    expect(shown).toContain("ET:13");
    expect(shown).toContain("Origin incomplete, localpref 100, valid, internal");
    expect(frr.show("show bgp ipv4 vpn 10.8.0.0/16")).toContain("Remote label: 1048575");
    expect(frr.show("show bgp ipv4 vpn 0.0.0.0/0")).toContain("4200000000:5");
  });

  test("FRR forgets what we withdraw, and only that", async () => {
    speaker.tell({ kind: "withdraw", peer: "frr", routes: [ROUTES[0]] });
    await vi.waitFor(() => expect(frr.show("show bgp ipv4 vpn")).not.toContain("10.7.7.7/32"), DEADLINE);
    expect(frr.show("show bgp ipv4 vpn")).toContain("10.8.0.0/16");
  });

  test("FRR's withdrawal and refresh request reach us", async () => {
    frr.show("clear bgp 172.31.0.1 soft in");
    await vi.waitFor(
      () => expect(speaker.of("route-refresh", "frr")).toMatchObject([{ family: "inet-vpn" }]),
      DEADLINE,
    );
    const { rd, prefix } = FRR_ROUTES.plain;
    frr.configure("router bgp 64512", "address-family ipv4 vpn", `no network ${prefix} rd ${rd} label 999`);
    await vi.waitFor(() => expect(speaker.of("withdrawn", "frr")).toMatchObject([{ rd, prefix }]), DEADLINE);
  });

  test("GoBGP says which route targets it wants, and sends only what we want", async () => {
    await vi.waitFor(
      () => expect(speaker.of("announced", "gobgp")).toMatchObject([{ prefix: `64512:${TARGET}/96` }]),
      DEADLINE,
    );
    gobgp.run("global rib add -a vpnv4 10.2.2.2/32 label 222 rd 64512:2 rt 64512:100 nexthop 172.31.0.3");
    gobgp.run("global rib add -a vpnv4 10.3.3.3/32 label 333 rd 64512:3 rt 64512:200 nexthop 172.31.0.3");
    speaker.tell({ kind: "want-route-target", peer: "gobgp", routeTarget: TARGET });
    speaker.tell({ kind: "end-of-rib", peer: "gobgp", family: "route-target" });
    const vpn = () => speaker.of("announced", "gobgp").filter(({ family }) => family === "inet-vpn");
    await vi.waitFor(() => expect(vpn()).not.toEqual([]), DEADLINE);
    const meant = { rd: "64512:2", prefix: "10.2.2.2/32", label: 222, nextHop: GOBGP.address, routeTargets: [TARGET] };
    expect(vpn()).toMatchObject([meant]);
  });

  test("our routes reach GoBGP's VRF, and leave it when withdrawn", async () => {
    speaker.tell({ ...ANNOUNCEMENT, peer: "gobgp" });
    await vi.waitFor(() => expect(gobgp.run("vrf RED rib")).toContain("10.7.7.7/32"), DEADLINE);
    const [path] = JSON.parse(gobgp.run("global rib -a vpnv4 -j"))["172.30.1.2:3:10.7.7.7/32"];
    expect(path.nlri).toMatchObject({ prefix: "10.7.7.7/32", labels: [17], rd: { admin: "172.30.1.2", assigned: 3 } });
    const communities = path.attrs.find(({ type }: { type: number }) => type === 16).value;
    expect(communities.slice(0, 3)).toEqual([
      { type: 0, subtype: 2, value: "64512:100" },
      { type: 0, subtype: 2, value: "64512:8000001" },
      { type: 3, subtype: 12, tunnel_type: 13 },
    ]);
    // GoBGP keeps what it cannot read: OpenContrail's origin network 42 and security group 8000004.
    const opaque = communities
      .slice(3)
      .map(({ value }: { value: string }) => Buffer.from(value, "base64").toString("hex"));
    expect(opaque).toEqual(["71fc000000002a", "04fc00007a1204"]);
    speaker.tell({ kind: "withdraw", peer: "gobgp", routes: ROUTES });
    await vi.waitFor(() => expect(gobgp.run("vrf RED rib")).not.toContain("10.7.7.7/32"), DEADLINE);
  });

  test("GoBGP's withdrawal reaches us", async () => {
    gobgp.run("global rib del -a vpnv4 10.2.2.2/32 label 222 rd 64512:2 rt 64512:100 nexthop 172.31.0.3");
    const meant = { rd: "64512:2", prefix: "10.2.2.2/32" };
    await vi.waitFor(() => expect(speaker.of("withdrawn", "gobgp")).toMatchObject([meant]), DEADLINE);
  });

  test("no session was lost on the way", () => {
    expect(speaker.of("down")).toEqual([]);
  });

  test("tshark reads every message of ours without a complaint, and reads what was meant", async () => {
    // The last that we sent: once it is in the file, everything is.
    const last = `ip.src == ${OURS.address} && ip.dst == ${GOBGP.address} && bgp.mp_unreach_nlri_ipv4_prefix == 10.7.7.7`;
    await vi.waitFor(() => expect(capture.dissect(last)).not.toEqual([]), DEADLINE);
    await capture.stop();
    const ours = `ip.src == ${OURS.address} && bgp`;
    expect(capture.complaints(ours), capture.print(ours)).toEqual([]);
    for (const [type, name] of MESSAGE_TYPES) {
      expect(capture.dissect(`${ours} && bgp.type == ${type}`).length, name).toBeGreaterThan(0);
    }
    const announcing = `${ours} && ip.dst == ${FRR.address} && bgp.mp_reach_nlri_ipv4_prefix == 10.7.7.7`;
    // One packet may hold End-of-RIB as well.
    const announced = capture.dissect(announcing).filter((message) => JSON.stringify(message).includes("label_stack"));
    expect(announced).toMatchObject([MEANT_UPDATE]);
    const withdrawing = `${ours} && ip.dst == ${FRR.address} && bgp.mp_unreach_nlri_ipv4_prefix == 10.7.7.7`;
    expect(JSON.stringify(capture.dissect(withdrawing))).toContain('"bgp.rd":"172.30.1.2:3"');
  });

  test("a peer that is killed and started again gets a new session, and its routes come again", async () => {
    const before = speaker.of("announced", "frr").length;
    await frr.stop("SIGKILL");
    await vi.waitFor(() => expect(speaker.of("down", "frr")).toHaveLength(1), DEADLINE);
    frr = new Frr(folder);
    await vi.waitFor(() => expect(speaker.of("announced", "frr")).toHaveLength(before + 2), DEADLINE);
    expect(speaker.of("established", "frr")).toHaveLength(2);
    expect(speaker.of("down", "gobgp")).toEqual([]);
  });

  test("tshark does complain about a message that is broken", () => {
    expect(capture.complaintsAbout(BROKEN_UPDATE)).not.toEqual([]);
  });
});

const MESSAGE_TYPES = [
  [1, "OPEN"],
  [2, "UPDATE"],
  [4, "KEEPALIVE"],
] as const;

/** An UPDATE whose ORIGIN says that it is 9 octets long. */
const BROKEN_UPDATE = `${"ff".repeat(16)}001b02000000044001 09 00`.replaceAll(" ", "");

const ATTRIBUTE = "bgp.update.path_attribute";
/** What tshark must find in ANNOUNCEMENT, field by field and in this order. */
const MEANT_UPDATE = {
  "bgp.type": "2",
  "bgp.update.path_attributes": {
    [ATTRIBUTE]: [
      {
        [`${ATTRIBUTE}.type_code`]: "14",
        [`${ATTRIBUTE}.mp_reach_nlri.afi`]: "1",
        [`${ATTRIBUTE}.mp_reach_nlri.safi`]: "128",
        [`${ATTRIBUTE}.mp_reach_nlri.next_hop_tree`]: {
          [`${ATTRIBUTE}.mp_reach_nlri.next_hop.rd`]: "0:0",
          [`${ATTRIBUTE}.mp_reach_nlri.next_hop.ipv4`]: OURS.address,
        },
        [`${ATTRIBUTE}.mp_reach_nlri`]: {
          "BGP Prefix": ROUTES.map(({ rd, prefix, label }) => ({
            "bgp.prefix_length": String(88 + Number(prefix.split("/")[1])),
            "bgp.label_stack": `${label} (bottom)`,
            "bgp.rd": rd,
            "bgp.mp_reach_nlri_ipv4_prefix": prefix.split("/")[0],
          })),
        },
      },
      { [`${ATTRIBUTE}.type_code`]: "1", [`${ATTRIBUTE}.origin`]: "2" },
      { [`${ATTRIBUTE}.type_code`]: "2", [`${ATTRIBUTE}.length`]: "0" },
      { [`${ATTRIBUTE}.type_code`]: "5", [`${ATTRIBUTE}.local_pref`]: "100" },
      {
        [`${ATTRIBUTE}.type_code`]: "16",
        "bgp.ext_communities": {
          "bgp.ext_community": [
            { "bgp.ext_com.stype_tr_as2": "0x02", "bgp.ext_com.value_as2": "64512", "bgp.ext_com.value_an4": "100" },
            {
              "bgp.ext_com.stype_tr_as2": "0x02",
              "bgp.ext_com.value_as2": "64512",
              "bgp.ext_com.value_an4": "8000001",
            },
            { "bgp.ext_com.stype_tr_opaque": "0x0c", "bgp.ext_com.tunnel_type": "13" },
            { "bgp.ext_com.type": "0x80", "bgp.ext_com.stype_tr_exp": "0x71" },
            { "bgp.ext_com.type": "0x80", "bgp.ext_com.stype_tr_exp": "0x04" },
          ],
        },
      },
    ],
  },
};
