import {
  type EvpnRoute,
  encapsulationCommunity,
  encodeAttributes,
  esiLabelCommunity,
  type PathAttributes,
  PMSI_INGRESS_REPLICATION,
  type Reach,
  routersMacCommunity,
  routeTarget,
} from "@contrail/bgp";
import type { PathSource } from "@contrail/rib";
import { agentWire } from "@contrail/wire";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type AgentClient, agentRoute } from "../../testing/agent-client.ts";
import {
  type AgentPki,
  type AgentWorld,
  createAgentPki,
  HOST1,
  RED,
  startAgentWorld,
} from "../../testing/agent-world.ts";

/* What agents are told of the EVPN routes of routers, and of all families when they are slow to read. */

const DEADLINE = { timeout: 20_000, interval: 5 };
const { ADDRESS_FAMILY_INET6: INET6, ADDRESS_FAMILY_E_VPN: E_VPN } = agentWire.AddressFamily;
const [MPLS_OVER_UDP, VXLAN] = [13, 8];
const PIM_SSM = 3;
const MAC = 0x020000000001;
const MAC_NAME = `${RED} macIp 02:00:00:00:00:01 10.0.0.5`;
const ROUTERS = [0xac1f0003, 0xac1f0004] as const;
const SEGMENT = 0x00112233445566778899n;

let pki: AgentPki;
let world: AgentWorld;
let sources: readonly PathSource[];

beforeAll(async () => {
  pki = await createAgentPki();
});
afterAll(() => pki.remove());
beforeEach(async () => {
  world = await startAgentWorld(pki);
  sources = ROUTERS.map((routerId, index) => ({ kind: "internal-peer", name: `router${index}`, routerId }));
});
afterEach(() => world.stop());

function session(host: "host1" | "host2"): AgentClient {
  return world.session(host, { instance: RED, families: [INET6, E_VPN], forwardingPreserved: false });
}

function source(router: 0 | 1): PathSource {
  const found = sources[router];
  if (found === undefined) throw new Error("no such router");
  return found;
}

function say(
  router: 0 | 1,
  route: EvpnRoute,
  communities: readonly bigint[],
  more: Partial<PathAttributes> = {},
): void {
  const attributes: PathAttributes = {
    origin: 0,
    asPath: [],
    localPreference: 100,
    communities: [],
    clusterList: [],
    extendedCommunities: [routeTarget(64_512, 1), ...communities],
    largeCommunities: [],
    unknown: [],
    ...more,
  };
  const announced = { attributes, bytes: encodeAttributes(attributes, { fourOctetAs: true }) };
  const reach: Reach[] = [{ family: "e-vpn", routes: [route], nextHop: ROUTERS[router] }];
  world.rib.update(source(router), { unreach: [], reach, announced }, true);
  world.driver.changed();
}

function unsay(router: 0 | 1, route: EvpnRoute): void {
  const unreach = [{ family: "e-vpn", routes: [route] } as const];
  world.rib.update(source(router), { unreach, reach: [], announced: undefined }, true);
  world.driver.changed();
}

const distinguished = (router: 0 | 1) => ({ rdHigh: 64_512, rdLow: 9 + router });

function mac(router: 0 | 1, label: number, more: { label2?: number; segment?: bigint } = {}): EvpnRoute {
  const named = { type: 2, ...distinguished(router), ethernetTag: 0, mac: MAC, ip: 0x0a000005 } as const;
  return { ...named, label, segment: more.segment ?? 0n, label2: more.label2 };
}

/** The newest next hops that an agent has of a machine. */
function hops(client: AgentClient): readonly (agentWire.NextHop | undefined)[] | undefined {
  if (!client.routes.has(MAC_NAME)) return undefined;
  const ofMachine = ({ prefix }: agentWire.Route) =>
    prefix?.prefix?.$case === "evpn" && prefix.prefix.value.route?.$case === "macIp";
  const routes = client.of("routeUpdate").flatMap(({ reach }) => reach.filter(ofMachine));
  return routes.at(-1)?.nextHops.map(({ nextHop }) => nextHop);
}

function leadsTo(client: AgentClient, ...expected: readonly Partial<agentWire.NextHop>[]): Promise<void> {
  return vi.waitFor(() => {
    expect(hops(client)).toHaveLength(expected.length);
    expect(hops(client)).toMatchObject(expected);
  }, DEADLINE);
}

describe("EVPN routes of routers reach agents", () => {
  test("with VNI or label as their encapsulation has it, the routed one and the router's MAC too", async () => {
    const client = session("host2");
    say(0, mac(0, 5_001, { label2: 7_777 }), [encapsulationCommunity(VXLAN), routersMacCommunity(0x020000000abc)]);
    const overVxlan = { label: 5_001, l3Label: 7_777, routerMac: 0x020000000abcn, encapsulations: [VXLAN] };
    await leadsTo(client, { address: ROUTERS[0], ...overVxlan });
    say(0, mac(0, 555 << 4, { label2: (666 << 4) | 1 }), [encapsulationCommunity(MPLS_OVER_UDP)]);
    await leadsTo(client, { label: 555, l3Label: 666, routerMac: undefined, encapsulations: [MPLS_OVER_UDP] });
    unsay(0, mac(0, 0));
    await vi.waitFor(() => expect(client.routes.size).toBe(0), DEADLINE);
  });

  test("without those of segments themselves: a machine behind one is where routers say that they are on it", async () => {
    const client = session("host2");
    const whole = (router: 0 | 1): EvpnRoute => {
      return { type: 1, ...distinguished(router), segment: SEGMENT, ethernetTag: 0xffffffff, label: 0 };
    };
    const here: EvpnRoute = { type: 1, ...distinguished(1), segment: SEGMENT, ethernetTag: 0, label: 610 };
    const allActive = [esiLabelCommunity({ flag: false, label: 1 }), encapsulationCommunity(VXLAN)];
    const [first, alias] = [
      { address: ROUTERS[0], label: 5_001 },
      { address: ROUTERS[1], label: 610 },
    ];
    say(0, mac(0, 5_001, { segment: SEGMENT }), [encapsulationCommunity(VXLAN)]);
    await leadsTo(client, first);
    for (const router of [0, 1] as const) say(router, whole(router), allActive);
    say(1, here, [encapsulationCommunity(VXLAN)]);
    await leadsTo(client, first, alias);
    unsay(0, whole(0));
    await leadsTo(client, alias);
    say(0, whole(0), allActive);
    await leadsTo(client, first, alias);
    unsay(1, here);
    await leadsTo(client, first);
    expect([...client.routes.keys()]).toEqual([MAC_NAME]);
  });

  test("where they take copies of what goes to all, and not where they want it by a multicast tree", async () => {
    const client = session("host2");
    const route: EvpnRoute = { type: 3, ...distinguished(0), ethernetTag: 0, originator: ROUTERS[0] };
    const by = (tunnelType: number, identifier: Uint8Array) => ({
      pmsiTunnel: { flags: 0, tunnelType, label: 5_001, identifier },
    });
    const copies = by(PMSI_INGRESS_REPLICATION, Uint8Array.of(172, 31, 0, 3));
    say(0, route, [encapsulationCommunity(VXLAN)], copies);
    const name = `${RED} inclusiveMulticast 172.31.0.3`;
    await vi.waitFor(() => expect([...client.routes]).toEqual([[name, [5_001]]]), DEADLINE);
    say(0, route, [encapsulationCommunity(VXLAN)], by(PIM_SSM, new Uint8Array(8)));
    await vi.waitFor(() => expect(client.routes.size).toBe(0), DEADLINE);
    say(0, route, [encapsulationCommunity(VXLAN)], copies);
    await vi.waitFor(() => expect(client.routes.has(name)).toBe(true), DEADLINE);
    say(0, route, [encapsulationCommunity(VXLAN)]);
    await vi.waitFor(() => expect(client.routes.size).toBe(0), DEADLINE);
  });

  test("to prefixes that lead to the router itself, and not to those behind an overlay index", async () => {
    const client = session("host2");
    const prefix = (more: Partial<Extract<EvpnRoute, { type: 5 }>> = {}): EvpnRoute => {
      const named = { type: 5, ...distinguished(0), ethernetTag: 0, address: 0x0a090000, length: 16 } as const;
      return { ...named, segment: 0n, gateway: 0, label: 5_002, ...more };
    };
    const name = `${RED} ipPrefix 10.9.0.0/16`;
    for (const behind of [{ gateway: 0x0a000001 }, { segment: SEGMENT }]) {
      say(0, prefix(), [encapsulationCommunity(VXLAN)]);
      await vi.waitFor(() => expect([...client.routes]).toEqual([[name, [5_002]]]), DEADLINE);
      say(0, prefix(behind), [encapsulationCommunity(VXLAN)]);
      await vi.waitFor(() => expect(client.routes.size).toBe(0), DEADLINE);
    }
  });
});

/** Routes of machines 0 to 49 in both families, all with a label. */
function machines(label: number): agentWire.AgentRoute[] {
  return Array.from({ length: 50 }, (_, index) => index).flatMap((index) => {
    const address = Buffer.alloc(16, index);
    const macIp = { ethernetTag: 0, mac: BigInt(MAC + 4 * index), ip: Buffer.alloc(0) };
    const prefixes: agentWire.Prefix[] = [
      { prefix: { $case: "inet6", value: { address, length: 128 } } },
      { prefix: { $case: "evpn", value: { route: { $case: "macIp", value: macIp } } } },
    ];
    const nextHop = { address: HOST1, label, encapsulations: [MPLS_OVER_UDP], tagIds: [], localSequence: 0 };
    return prefixes.map((prefix) => ({ ...agentRoute(HOST1, 1), prefix, nextHop }));
  });
}

test("an agent that does not read gets the newest state of every family when it does", async () => {
  const [speaker, reader] = [session("host1"), session("host2")];
  await vi.waitFor(() => expect(reader.of("welcome")).toHaveLength(1), DEADLINE);
  reader.read(false);
  // More than what the connection holds on the way.
  for (let label = 16; label < 116; label++) speaker.publish(RED, ...machines(label));
  const withdrawn = machines(16).slice(0, 2);
  const prefixes = withdrawn.flatMap(({ prefix }) => prefix ?? []);
  speaker.say({ $case: "routeWithdraw", value: { vrf: RED, prefixes } });
  await vi.waitFor(() => expect(speaker.routes.size).toBe(98), DEADLINE);
  const isFull = () => world.agents.status().map(({ outputFull }) => outputFull);
  await vi.waitFor(() => expect(isFull()).toEqual([false, true]), DEADLINE);
  reader.read(true);
  await vi.waitFor(() => {
    expect(reader.routes.size).toBe(98);
    expect(new Set([...reader.routes.values()].flat())).toEqual(new Set([115]));
  }, DEADLINE);
  expect(world.agents.status().map(({ state }) => state)).toEqual(["established", "established"]);
});
