import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bgpRouters, INSTANCE, redNetwork } from "./config-objects.ts";
import { FRR_ROUTES, Frr } from "./frr.ts";
import { GoBgp } from "./gobgp.ts";
import { missingNeeds } from "./needs.ts";
import { FRR, GOBGP, OURS } from "./network.ts";
import { DEADLINE, PeerWorld } from "./peer-world.ts";

const skipped = missingNeeds();
if (skipped !== undefined) console.warn(`SKIPPED test/interop/families: ${skipped}`);

const MAC = "02:00:00:00:00:01";
const EVPN = `macadv ${MAC} 10.2.2.2 etag 0 label 5001 rd 64512:2 rt 64512:100 encap vxlan nexthop ${GOBGP.address}`;
const MULTICAST = `multicast ${GOBGP.address} etag 0 rd 64512:2 rt 64512:100 encap vxlan nexthop ${GOBGP.address}`;
const INET6 = `2001:db8:2::/48 label 222 rd 64512:2 rt 64512:100 nexthop ${GOBGP.address}`;

interface Shown {
  readonly route: string;
  readonly paths: readonly { readonly source: string; readonly stale: boolean }[];
}

describe.skipIf(skipped !== undefined)("families other than inet-vpn, reflected between FRR and GoBGP", () => {
  let world: PeerWorld;
  let frr: Frr;
  let gobgp: GoBgp;

  beforeAll(async () => {
    const routers = { control1: OURS.address, frr: FRR.address, gobgp: GOBGP.address };
    world = new PeerWorld();
    await world.start([
      ...bgpRouters(routers, 179, { control1: { cluster_id: 77 } }),
      ...redNetwork("target:64512:100"),
    ]);
    frr = new Frr(world.folder);
    gobgp = new GoBgp(world.folder, 64_512, true);
  });

  afterAll(() => world?.close(frr, gobgp));

  const routes = async (family: string) =>
    (await world.node.introspect(`bgp-routes?family=${family}`)) as readonly Shown[];
  const inRed = async () =>
    ((await world.node.introspect(`instance-routes?instance=${INSTANCE}`)) as { text: string }[]).map(
      ({ text }) => text,
    );

  test("sessions agree on every family that the peer has", async () => {
    await vi.waitFor(async () => {
      const { peers } = (await world.node.introspect("neighbours")) as {
        peers: { name: string; parameters?: { families: string[] } }[];
      };
      const families = Object.fromEntries(
        peers.map(({ name, parameters }) => [name.split(":").at(-1), parameters?.families]),
      );
      expect(families).toEqual({
        frr: ["e-vpn", "inet-vpn", "inet6-vpn"],
        gobgp: ["route-target", "e-vpn", "inet-vpn", "inet6-vpn"],
      });
    }, DEADLINE);
  });

  test("GoBGP's EVPN routes are imported by route target, and reflected to FRR", async () => {
    gobgp.run(`global rib add -a evpn ${EVPN}`);
    gobgp.run(`global rib add -a evpn ${MULTICAST}`);
    await vi.waitFor(async () => expect(await inRed()).toContain(`2-0:0-0-${MAC},10.2.2.2`), DEADLINE);
    await vi.waitFor(() => expect(frr.show("show bgp l2vpn evpn")).toContain(MAC), DEADLINE);
    const shown = frr.show("show bgp l2vpn evpn route detail");
    for (const text of [
      MAC,
      "10.2.2.2",
      `Originator: ${GOBGP.address}`,
      "Cluster list: 0.0.0.77",
      "RT:64512:100",
      "ET:8",
    ])
      expect(shown).toContain(text);
  });

  test("inet6-vpn goes both ways, with labels and next hops as they were said", async () => {
    gobgp.run(`global rib add -a vpnv6 ${INET6}`);
    await vi.waitFor(() => expect(frr.show("show bgp ipv6 vpn")).toContain("2001:db8:2::/48"), DEADLINE);
    expect(frr.show("show bgp ipv6 vpn 2001:db8:2::/48")).toContain("Remote label: 222");
    await vi.waitFor(async () => expect(await inRed()).toContain("0:0:2001:db8:2::/48"), DEADLINE);
    await vi.waitFor(() => expect(gobgp.run("global rib -a vpnv6")).toContain(FRR_ROUTES.inet6.prefix), DEADLINE);
  });

  test("a withdrawal of one family reaches both, and takes nothing of another", async () => {
    gobgp.run(`global rib del -a evpn ${EVPN}`);
    await vi.waitFor(() => expect(frr.show("show bgp l2vpn evpn")).not.toContain(MAC), DEADLINE);
    await vi.waitFor(async () => expect(await inRed()).not.toContain(`2-0:0-0-${MAC},10.2.2.2`), DEADLINE);
    expect(frr.show("show bgp l2vpn evpn")).toContain(GOBGP.address);
    expect(frr.show("show bgp ipv6 vpn")).toContain("2001:db8:2::/48");
  });

  test("a refresh of one family brings it again, and FRR and we lose nothing", async () => {
    frr.show("clear bgp l2vpn evpn * soft in");
    gobgp.run(`neighbor ${OURS.address} softresetin`);
    await vi.waitFor(() => expect(frr.show("show bgp l2vpn evpn")).toContain(GOBGP.address), DEADLINE);
    expect((await routes("e-vpn")).length).toBe(1);
  });

  test("routes of an FRR that is killed stay, marked, and GoBGP does not lose them; they are fresh when it is back", async () => {
    const ofFrr = async () =>
      (await routes("inet6-vpn")).flatMap(({ paths }) => paths.filter(({ source }) => source.endsWith(":frr")));
    expect(await ofFrr()).toMatchObject([{ stale: false }]);
    await frr.stop("SIGKILL");
    await vi.waitFor(async () => expect(await ofFrr()).toMatchObject([{ stale: true }]), DEADLINE);
    expect(gobgp.run("global rib -a vpnv6")).toContain(FRR_ROUTES.inet6.prefix);
    frr = new Frr(world.folder);
    await vi.waitFor(async () => expect(await ofFrr()).toMatchObject([{ stale: false }]), DEADLINE);
  });

  test("routes of a GoBGP that is gone for longer than its restart time are kept for long, and FRR is told so", async () => {
    const ofGoBgp = async () =>
      (await routes("inet6-vpn")).flatMap(({ paths }) => paths.filter(({ source }) => source.endsWith(":gobgp")));
    expect(await ofGoBgp()).toMatchObject([{ stale: false }]);
    await gobgp.stop("SIGKILL");
    await vi.waitFor(async () => expect(await ofGoBgp()).toMatchObject([{ stale: true }]), DEADLINE);
    expect(frr.show("show bgp ipv6 vpn")).toContain("2001:db8:2::/48");
    await vi.waitFor(() => expect(frr.show("show bgp ipv6 vpn 2001:db8:2::/48")).toContain("llgr-stale"), DEADLINE);
    expect(await ofGoBgp()).toMatchObject([{ stale: true }]);
    expect(await inRed()).toContain("0:0:2001:db8:2::/48");
  });

  test("sent nothing that tshark complains about", async () => {
    await world.node.stop();
    await world.capture.stop();
    const ours = `ip.src == ${OURS.address} && bgp`;
    expect(world.capture.complaints(ours), world.capture.print(ours)).toEqual([]);
  });
});
