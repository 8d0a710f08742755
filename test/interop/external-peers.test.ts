import type { ConfigObject, JsonObject } from "@contrail/schema";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bgpRouters, FABRIC, redNetwork } from "./config-objects.ts";
import { FRR_ROUTES, Frr } from "./frr.ts";
import { GoBgp } from "./gobgp.ts";
import { missingNeeds } from "./needs.ts";
import { FRR, GOBGP, OURS } from "./network.ts";
import { DEADLINE, PeerWorld } from "./peer-world.ts";

const skipped = missingNeeds();
if (skipped !== undefined) console.warn(`SKIPPED test/interop/external-peers: ${skipped}`);

/** FRR's session with a key, and with FRR on the same link. */
const KEYED = {
  auth_data: {
    key_type: "md5",
    key_items: [
      { key_id: 2, key: "later" },
      { key_id: 1, key: "s3cret" },
    ],
  },
  ttl_security_hops: 1,
};
/** With a key of its own FRR tries several times in it. */
const WITHOUT_SESSION_MS = 5_000;
const FRR_AS = 65_001;
const GOBGP_AS = 65_002;
const WHITE = `10.5.5.5/32 label 555 rd 64512:2 rt 64512:200 nexthop ${GOBGP.address}`;
const RED = `10.2.2.2/32 label 222 rd 64512:2 rt 64512:100 nexthop ${GOBGP.address}`;
const UNICAST = ["inet", "inet-vpn", "inet6-vpn", "e-vpn", "route-target"];
const FRR_LINES = [
  `neighbor ${OURS.address} local-role provider`,
  "no bgp network import-check",
  "address-family ipv4 unicast",
  ` neighbor ${OURS.address} activate`,
  " network 10.70.0.0/16",
  "exit-address-family",
];

describe.skipIf(skipped !== undefined)("FRR and GoBGP as external peers", () => {
  let world: PeerWorld;
  let frr: Frr;
  let gobgp: GoBgp;

  beforeAll(async () => {
    world = new PeerWorld();
    await world.start(objectsWith({ frr: { bgp_role: "customer" } }));
    frr = new Frr(world.folder, FRR_AS, FRR_LINES);
    gobgp = new GoBgp(world.folder, GOBGP_AS);
  });

  afterAll(() => world?.close(frr, gobgp));

  const configure = (attributes: Readonly<Record<string, JsonObject>>): Promise<void> =>
    world.log.configure(...objectsWith(attributes));

  /** The three routers and network red, with attributes of our session with either. */
  function objectsWith(attributes: Readonly<Record<string, JsonObject>>): readonly ConfigObject[] {
    const families = { address_families: { family: UNICAST } };
    const routers = { control1: OURS.address, frr: FRR.address, gobgp: GOBGP.address };
    const parameters = {
      control1: families,
      frr: { autonomous_system: FRR_AS, ...families },
      gobgp: { autonomous_system: GOBGP_AS, ...families },
    };
    const [own, ...others] = bgpRouters(routers, 179, parameters);
    if (own === undefined) throw new Error("no router of our own");
    const refs = own.refs.map((ref) => {
      const session = { uuid: "s", attributes: [attributes[ref.toUuid] ?? {}] };
      return { ...ref, attr: { session: [session] } };
    });
    return [{ ...own, refs }, ...others, ...redNetwork("target:64512:100")];
  }

  const neighbour = async (name: string) => {
    const { peers } = (await world.node.introspect("neighbours")) as {
      peers: { name: string; state: string; establishedCount: number; parameters?: { role?: string } }[];
    };
    return peers.find((peer) => peer.name === `${FABRIC}:${name}`);
  };
  const vpnRoutes = async () =>
    ((await world.node.introspect("vpn-routes")) as { prefix: string }[]).map(({ prefix }) => prefix);

  test("sessions come up, with the roles that fit", async () => {
    await vi.waitFor(async () => {
      expect(await neighbour("frr")).toMatchObject({ state: "established", parameters: { role: "customer" } });
      expect(await neighbour("gobgp")).toMatchObject({ state: "established" });
    }, DEADLINE);
    expect(frr.show(`show bgp neighbors ${OURS.address}`)).toMatch(/Remote Role: customer/i);
  });

  test("GoBGP asks for what it imports and gets FRR's route of that target, with both AS numbers in its path", async () => {
    await vi.waitFor(() => expect(gobgp.run("global rib -a vpnv4")).toContain(FRR_ROUTES.red.prefix), DEADLINE);
    expect(gobgp.run("global rib -a vpnv4")).toContain(`64512 ${FRR_AS}`);
    expect(gobgp.run("global rib -a vpnv4")).not.toContain(FRR_ROUTES.plain.prefix);
    await vi.waitFor(async () => expect(await vpnRoutes()).toContain(FRR_ROUTES.plain.prefix), DEADLINE);
  });

  test("GoBGP sends what our instances import, and nothing else; FRR gets it behind our AS", async () => {
    gobgp.run(`global rib add -a vpnv4 ${WHITE}`);
    gobgp.run(`global rib add -a vpnv4 ${RED}`);
    await vi.waitFor(() => expect(frr.show("show bgp ipv4 vpn")).toContain("10.2.2.2/32"), DEADLINE);
    expect(frr.show("show bgp ipv4 vpn 10.2.2.2/32")).toContain(`64512 ${GOBGP_AS}`);
    expect(await vpnRoutes()).not.toContain("10.5.5.5/32");
  });

  test("FRR's unicast route, marked as a provider's, leads GoBGP to us, and a role change forbids it", async () => {
    await vi.waitFor(() => expect(gobgp.run("global rib")).toContain("10.70.0.0/16"), DEADLINE);
    expect(gobgp.run("global rib")).toMatch(new RegExp(`10\\.70\\.0\\.0/16\\s+${OURS.address}\\s+64512 ${FRR_AS}`));
    await configure({ frr: { bgp_role: "customer" }, gobgp: { bgp_role: "peer" } });
    await vi.waitFor(() => expect(gobgp.run("global rib")).not.toContain("10.70.0.0/16"), DEADLINE);
    await vi.waitFor(() => expect(gobgp.run("global rib -a vpnv4")).toContain(FRR_ROUTES.red.prefix), DEADLINE);
  });

  test("private AS numbers are taken out at run time, and the session stays", async () => {
    const before = await neighbour("gobgp");
    const attributes = { bgp_role: "peer", private_as_action: "remove-all" };
    await configure({ frr: { bgp_role: "customer" }, gobgp: attributes });
    await vi.waitFor(() => {
      const shown = gobgp.run("global rib -a vpnv4");
      expect(shown).toContain(FRR_ROUTES.red.prefix);
      expect(shown).not.toContain(`64512 ${FRR_AS}`);
    }, DEADLINE);
    expect((await neighbour("gobgp"))?.establishedCount).toBe(before?.establishedCount);
  });

  test("FRR's session is signed by a key, and its neighbour is on the same link: with another key there is none", async () => {
    await configure({ frr: { bgp_role: "customer", ...KEYED } });
    const ofNeighbour = (...lines: readonly string[]) =>
      frr.configure(`router bgp ${FRR_AS}`, ...lines.map((line) => `neighbor ${OURS.address} ${line}`));
    ofNeighbour("ttl-security hops 1", "password other");
    await vi.waitFor(async () => expect((await neighbour("frr"))?.state).not.toBe("established"), DEADLINE);
    await new Promise((resolve) => setTimeout(resolve, WITHOUT_SESSION_MS));
    expect(frr.show(`show bgp neighbors ${OURS.address}`)).not.toContain("BGP state = Established");
    ofNeighbour("password s3cret");
    await vi.waitFor(async () => expect(await neighbour("frr")).toMatchObject({ state: "established" }), DEADLINE);
    expect(frr.show(`show bgp neighbors ${OURS.address}`)).toMatch(/Peer Authentication Enabled/);
    const page = JSON.stringify(await world.node.introspect("neighbours"));
    expect(page).not.toContain("s3cret");
  });

  test("a limit below what FRR gives ends its session, and FRR is told why", async () => {
    const limit = [{ address_family: "inet-vpn", prefix_limit: { maximum: 1, idle_timeout: 3_600 } }];
    await configure({ frr: { bgp_role: "customer", ...KEYED, family_attributes: limit } });
    await vi.waitFor(async () => expect(await neighbour("frr")).toMatchObject({ state: "idle" }), DEADLINE);
    await vi.waitFor(async () => expect(await vpnRoutes()).not.toContain(FRR_ROUTES.plain.prefix), DEADLINE);
    expect(frr.show(`show bgp neighbors ${OURS.address}`)).toMatch(/Cease/);
  });
});
