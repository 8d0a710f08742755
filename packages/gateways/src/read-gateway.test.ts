import type { ConfigObject, JsonObject } from "@contrail/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderFrr } from "./frr.ts";
import type { Gateway } from "./gateway.ts";
import { renderJunos } from "./junos.ts";
import { readGateway } from "./read-gateway.ts";
import {
  bgpRouter,
  controlNode,
  DATA,
  graphOf,
  network,
  object,
  PUBLIC,
  physicalRouter,
  plainWorld,
  ref,
  session,
  virtualRouter,
  vrouters,
  WEB,
} from "./testing/gateway-objects.ts";

const names = ({ networks }: Gateway): readonly string[] => networks.map(({ name }) => name);
const read = (...objects: readonly ConfigObject[]): Gateway => readGateway(graphOf(objects), "gw1");
/** The plain world with some objects of it replaced; by type and last part of the name. */
function changed(...others: readonly ConfigObject[]): readonly ConfigObject[] {
  const uuids = new Set(others.map(({ uuid }) => uuid));
  return [...plainWorld("juniper").filter(({ uuid }) => !uuids.has(uuid)), ...others];
}
const without = (type: string, name?: string): readonly ConfigObject[] =>
  plainWorld("juniper").filter((each) => each.type !== type || (name !== undefined && each.fqName.at(-1) !== name));
const frr = (gateway: Gateway, mainTable?: string): string => renderFrr(gateway, { secrets: false, mainTable });
const junos = (gateway: Gateway): string => renderJunos(gateway, { secrets: false });

describe("networks of a gateway", () => {
  test("are those of its physical router, of logical routers on it, and public ones that are nobody's", () => {
    expect(names(read(...plainWorld("juniper")))).toEqual([PUBLIC, WEB, DATA].map((each) => each.join(":")));
    const another = [physicalRouter("gw2", "juniper", PUBLIC), bgpRouter("gw2", {})];
    expect(names(read(...plainWorld("juniper"), ...another))).toEqual([WEB, DATA].map((each) => each.join(":")));
    expect(names(read(...without("logical-router")))).toEqual([PUBLIC, WEB].map((each) => each.join(":")));
  });

  test("that are public and cannot be used are left out, and an operator is told; one that is named is refused", () => {
    const open = { properties: { router_external: true } };
    const waiting = network(["d", "p", "x; rm -rf /\n"], 30, [], open).slice(0, 1);
    const gateway = read(...plainWorld("juniper"), ...waiting);
    expect(names(gateway)).toEqual([PUBLIC, WEB, DATA].map((each) => each.join(":")));
    expect(gateway.notes).toEqual([
      expect.stringMatching(/^left out: network 'd:p:x; rm -rf \/_' has no routing instance/),
    ]);
    expect(() => read(...without("routing-instance", WEB.at(-1)))).toThrow(/shop:web has no routing instance/);
  });

  test("that are public take no VNI of another one, and FRR is told nothing of one without", () => {
    const configured = vrouters({ vxlan_network_identifier_mode: "configured" });
    const vni = (identifier: number) => ({ virtual_network_properties: { vxlan_network_identifier: identifier } });
    const [web, data] = [network(WEB, 12, [], { properties: vni(5) }), network(DATA, 13, [], { properties: vni(6) })];
    const open = (name: string, number: number, more: JsonObject = {}) =>
      network(["d", "p", name], number, [], { properties: { router_external: true, ...more } });
    const world = [...web, ...data, ...open("double", 30, vni(5)), ...open("none", 31), configured];
    const gateway = read(
      ...changed(...world).filter(
        ({ uuid, type }) => type !== "virtual-network" || world.some((each) => each.uuid === uuid),
      ),
    );
    expect(gateway.notes.join(" ")).toMatch(/double has VNI 5, which another.*none has no VNI/);
    expect(frr(gateway)).not.toMatch(/d:p:/);
  });

  test("behind a logical router are also those of its interfaces, and not its external one", () => {
    const router = object("logical-router", ["d", "r"], {
      refs: [
        ref("physical-router", ["default-global-system-config", "gw1"]),
        ref("virtual-machine-interface", ["d", "vmi"]),
        ref("virtual-network", ["d", "outside"], { logical_router_virtual_network_type: "ExternalVirtualNetwork" }),
      ],
    });
    const vmi = object("virtual-machine-interface", ["d", "vmi"], { refs: [ref("virtual-network", ["d", "inside"])] });
    const networks = [...network(["d", "inside"], 20, []), ...network(["d", "outside"], 21, [])];
    expect(names(read(...without("logical-router"), router, vmi, ...networks))).toContain("d:inside");
    expect(names(read(...without("logical-router"), router, vmi, ...networks))).not.toContain("d:outside");
  });

  test("have targets by direction, those of connected instances, and only such as are targets", () => {
    const target = (text: string, direction: string | null) =>
      ref("route-target", [text], direction === null ? null : { import_export: direction });
    const more = [target("target:64512:1", "import"), target("target:1.2.3.4:9", "export"), target("nonsense", null)];
    const [, instance] = network(WEB, 12, [], { instanceRefs: more });
    if (instance === undefined) throw new Error("a network has an instance");
    const web = read(...changed(instance)).networks.find(({ name }) => name === WEB.join(":"));
    expect(web?.importTargets).toEqual(["64512:1", "64512:8000012"]);
    expect(web?.exportTargets).toEqual(["64512:8000012", "1.2.3.4:9"]);
  });

  test("have distinguishers that no two of a router share, whatever their numbers", () => {
    const router = { ...physicalRouter("gw1", "juniper", ["d", "w"]), revision: 2n };
    const wide = [...network(["d", "w"], 70_000, []), router];
    const made = read(...plainWorld("juniper"), ...wide).networks;
    expect(made.map(({ routeDistinguisher }) => routeDistinguisher)).toContain("64512:70000");
    const four = plainWorld("juniper", { autonomous_system: 4_200_000_001 });
    expect(() => read(...four, ...wide)).toThrow(/fits no route distinguisher of AS 4200000001/);
  });

  test("have the subnets of their own and of flat IPAMs, host bits cleared, each once", () => {
    const ipam = object("network-ipam", ["ipam"], {
      properties: { ipam_subnets: { subnets: [{ subnet: { ip_prefix: "10.9.0.7", ip_prefix_len: 16 } }] } },
    });
    const web = read(...plainWorld("juniper"), ipam).networks.find(({ name }) => name === WEB.join(":"));
    expect(web?.prefixes).toEqual(["10.1.0.0/16", "10.9.0.0/16"]);
  });
});

describe("sessions of a gateway", () => {
  test("have what both routers and the session say, as it holds at the gateway", () => {
    const said = session({ hold_time: 30, passive: true, address_families: { family: ["inet-vpn", "e-vpn"] } });
    const gateway = bgpRouter(
      "gw1",
      { address: "172.30.30.2", autonomous_system: 65_001, router_type: "router", hold_time: 60 },
      {
        control1: said,
        control2: {
          session: [
            {
              attributes: [
                { hold_time: 9 },
                { hold_time: 2, bgp_router: "gw1" },
                { passive: true, bgp_router: "control2" },
              ],
            },
          ],
        },
      },
    );
    const control2 = controlNode("control2", "172.30.12.2", { port: 1179, local_autonomous_system: 65_002 });
    expect(read(...changed(gateway, control2)).neighbours).toMatchObject([
      { address: "172.30.11.2", peerAs: 64_512, families: ["e-vpn", "inet-vpn"], holdTimeSeconds: 30, passive: true },
      { address: "172.30.12.2", port: 1179, peerAs: 65_002, holdTimeSeconds: 3, passive: false },
    ]);
  });

  test("that are down on purpose are left out, and an operator is told when that is all of them", () => {
    const down = session({ admin_down: true });
    const gateway = (control2: JsonObject) =>
      bgpRouter(
        "gw1",
        { address: "172.30.30.2", autonomous_system: 1, router_type: "router" },
        { control1: down, control2 },
      );
    expect(read(...changed(gateway({}))).neighbours.map(({ address }) => address)).toEqual(["172.30.12.2"]);
    expect(read(...changed(gateway(down))).notes[0]).toContain("admin_down");
  });

  test("have the key that the control node has: of the session there, else of the first router by name", () => {
    const data = (...keys: readonly (readonly [number, string])[]) => ({
      auth_data: { key_type: "md5", key_items: keys.map(([key_id, key]) => ({ key_id, key })) },
    });
    const keys = ({ neighbours }: Gateway) => neighbours.map(({ key }) => key);
    expect(keys(read(...plainWorld("frr", data([1, "second"], [0, "first"]))))).toEqual(["first", "first"]);
    expect(keys(read(...plainWorld("frr", data([0, "own"]), data([0, "ofSession"]))))).toEqual([
      "ofSession",
      "ofSession",
    ]);
    const control = { ...controlNode("control1", "172.30.11.2", data([0, "theirs"])), revision: 2n };
    expect(keys(read(...plainWorld("frr"), control))).toEqual(["theirs", undefined]);
    expect(keys(read(...plainWorld("frr", data([0, "own"])), control))).toEqual(["theirs", "own"]);
    const elsewhere = { ...data([0, "x"]), bgp_router: "control2" };
    expect(keys(read(...plainWorld("frr", {}, elsewhere)))).toEqual([undefined, "x"]);
  });

  test("show a key only when asked", () => {
    const gateway = read(...plainWorld("frr", { auth_data: { key_type: "md5", key_items: [{ key: "first" }] } }));
    for (const text of [frr(gateway), junos(gateway)]) {
      expect(text).toContain("FILL-IN-THE-KEY");
      expect(text).not.toContain("first");
    }
    expect(renderFrr(gateway, { secrets: true, mainTable: undefined })).toContain(" password first\n");
    expect(renderJunos(gateway, { secrets: true })).toContain('authentication-key "first"\n');
  });

  test("have no key that Junos would take for an encrypted one", () => {
    const key = { auth_data: { key_type: "md5", key_items: [{ key: "$9$abc" }] } };
    const gateway = read(...plainWorld("frr", key));
    expect(renderFrr(gateway, { secrets: true, mainTable: undefined })).toContain(" password $9$abc\n");
    expect(() => renderJunos(gateway, { secrets: true })).toThrow(/encrypted one of Junos.*contrail api edit/);
  });

  test("come from as near as the control node wants, where the router can say so", () => {
    const near = { ttl_security_hops: 2 };
    expect(frr(read(...plainWorld("frr", { autonomous_system: 65_001 }, near)))).toContain(" ttl-security hops 2\n");
    expect(frr(read(...plainWorld("frr", {}, near)))).not.toMatch(/hops|multihop/);
    expect(() => junos(read(...plainWorld("juniper", {}, near)))).toThrow(/ttl_security_hops.*contrail api edit/);
  });
});

describe("vRouters of a gateway", () => {
  test("are their addresses, but for those that ip_fabric_subnets hold", () => {
    const subnets = { subnet: [{ ip_prefix: "172.30.1.0", ip_prefix_len: 24 }] };
    const system = object("global-system-config", ["default-global-system-config"], {
      properties: { ip_fabric_subnets: subnets },
    });
    expect(read(...plainWorld("juniper"), system, virtualRouter("host3", "172.30.1.9")).underlay).toEqual([
      "172.30.1.0/24",
      "172.30.2.2/32",
    ]);
  });
});

/** What is missing, and words of the text that tells so and of the next step. */
const MISSING: readonly (readonly [string, readonly ConfigObject[], readonly string[]])[] = [
  ["the bgp-router", without("bgp-router", "gw1"), ["no bgp-router gw1", "contrail api create bgp-router"]],
  ["the physical-router", without("physical-router"), ["no physical-router", "contrail api create physical-router"]],
  [
    "one physical-router of two",
    [...plainWorld("juniper"), { ...physicalRouter("gw1", "x"), uuid: "other", fqName: ["g", "twin"] }],
    ["g:twin", "contrail api edit physical-router"],
  ],
  ["an address", changed(bgpRouter("gw1", { router_type: "router" })), ["no address", "contrail api edit bgp-router"]],
  [
    "an AS",
    changed(bgpRouter("gw1", { router_type: "router", address: "172.30.30.2" }, { control1: null })),
    ["no autonomous_system", "contrail api edit bgp-router"],
  ],
  [
    "sessions",
    changed(bgpRouter("gw1", { router_type: "router", address: "172.30.30.2", autonomous_system: 1 })),
    ["no session with a control node", "control1, ", "bgp_router_refs"],
  ],
  ["a routing instance", without("routing-instance", "web"), ["shop:web has no routing instance", "contrail status"]],
  [
    "a key that is one word",
    plainWorld("frr", { auth_data: { key_type: "md5", key_items: [{ key: "two words" }] } }),
    ["MD5 key", "contrail api edit bgp-router"],
  ],
];

test.each(MISSING)("where %s is missing, the text says so and what to do next", (_what, objects, words) => {
  for (const text of words) expect(() => read(...objects)).toThrow(text);
});

test("a control node is no gateway", () => {
  expect(() => readGateway(graphOf(plainWorld("frr")), "control1")).toThrow(/control node, and no gateway.*gw1/);
});

test("what one router cannot do is refused with the next step, and the other can", () => {
  const only = (...encapsulation: readonly string[]) => vrouters({ encapsulation_priorities: { encapsulation } });
  const vxlan = read(...plainWorld("frr"), only("VXLAN"));
  expect(() => junos(vxlan)).toThrow(/encapsulation_priorities.*contrail api edit global-vrouter-config/);
  expect(frr(vxlan)).toContain("advertise ipv4 unicast");
  const mpls = read(...plainWorld("frr"), only("MPLSoGRE"));
  expect(() => frr(mpls)).toThrow(/encapsulation_priorities.*contrail api edit global-vrouter-config/);
  expect(junos(mpls)).toContain("dynamic-tunnels contrail gre");
  const inet = read(...plainWorld("frr", {}, { address_families: { family: ["inet-vpn"] } }));
  expect(() => frr(inet)).toThrow(/no e-vpn.*contrail api edit bgp-router/);
  const evpn = read(...plainWorld("frr", {}, { address_families: { family: ["e-vpn"] } }));
  expect(() => junos(evpn)).toThrow(/no inet-vpn.*contrail api edit bgp-router/);
  expect(() => junos(read(...without("virtual-router")))).toThrow(/no vRouter to tunnel to.*contrail api edit/);
  expect(() => frr(read(...plainWorld("frr")), "d:nowhere")).toThrow(/d:nowhere is not extended.*shop:web/);
});

test("VNIs that are missing or double are refused with the next step", () => {
  const configured = vrouters({ vxlan_network_identifier_mode: "configured" });
  const withVni = (fqName: readonly string[], number: number, vni: number) =>
    network(fqName, number, [], { properties: { virtual_network_properties: { vxlan_network_identifier: vni } } });
  expect(() => frr(read(...plainWorld("frr"), configured))).toThrow(/has no VNI.*contrail api edit virtual-network/);
  const given = [withVni(WEB, 12, 5), withVni(DATA, 13, 5), withVni(PUBLIC, 7, 6)].flat();
  expect(() => frr(read(...changed(...given), configured))).toThrow(
    /both have VNI 5.*contrail api edit virtual-network/,
  );
});

test("the kind is what the physical router, or else the bgp-router, is said to be", () => {
  for (const [vendor, kind] of [
    ["Juniper", "junos"],
    ["FRRouting", "frr"],
    ["Linux", "frr"],
    ["other", undefined],
  ] as const)
    expect(read(...plainWorld(vendor)).kind).toBe(kind);
  expect(read(...plainWorld("other", { vendor: "mx" })).kind).toBe("junos");
});

test("without networks there is still a text: it takes the last one away", () => {
  const gateway = read(...without("virtual-network"));
  expect(gateway.notes[0]).toContain("contrail api edit physical-router");
  expect(frr(gateway)).toContain("neighbor 172.30.11.2 activate");
  expect(junos(gateway)).toContain("delete groups contrail\n");
});

test("equal configuration gives equal text, in whatever order it came", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...plainWorld("frr")], { minLength: plainWorld("frr").length }), (objects) => {
      const [gateway, plain] = [read(...objects), read(...plainWorld("frr"))];
      expect(frr(gateway)).toBe(frr(plain));
      expect(junos(gateway)).toBe(junos(plain));
    }),
  );
});
