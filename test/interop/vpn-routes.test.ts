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
    if (process.env.KEEP === undefined) rmSync(folder, { recursive: true, force: true });
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
    const shown = gobgp.run("global rib -a vpnv4 10.7.7.7/32");
    expect(shown).toContain("172.30.1.2:3");
    expect(shown).toMatch(/\[17\]/);
    expect(shown).toContain("[64512:100], [64512:8000001]");
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
    await capture.stop();
    const ours = `ip.src == ${OURS.address} && bgp`;
    const text = JSON.stringify(capture.dissect(ours));
    expect(capture.complaints(ours), capture.print(ours)).toEqual([]);
    for (const [type, name] of MESSAGE_TYPES) {
      expect(capture.dissect(`${ours} && bgp.type == ${type}`).length, name).toBeGreaterThan(0);
    }
    for (const meant of MEANT) expect(text, text).toContain(meant);
  });
});

const MESSAGE_TYPES = [
  [1, "OPEN"],
  [2, "UPDATE"],
  [4, "KEEPALIVE"],
] as const;

const MEANT: readonly string[] = ["172.30.1.2:3"];
