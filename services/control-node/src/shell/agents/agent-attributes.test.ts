import { NO_EXPORT, tagCommunity } from "@contrail/bgp";
import { agentWire } from "@contrail/wire";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type AgentClient, agentRoute } from "../../testing/agent-client.ts";
import {
  type AgentPki,
  type AgentWorld,
  createAgentPki,
  GREEN,
  HOST1,
  RED,
  startAgentWorld,
} from "../../testing/agent-world.ts";

const DEADLINE = { timeout: 20_000, interval: 5 };
const HOP = { address: HOST1, label: 20, encapsulations: [13], tagIds: [], localSequence: 0 };
const ACCEPT_OWN_NEXTHOP = 0xffff0008;
const { ASSISTED_REPLICATION_UNSPECIFIED: NO_ROLE, ASSISTED_REPLICATION_LEAF: LEAF } = agentWire.AssistedReplication;

let pki: AgentPki;
let world: AgentWorld;

beforeAll(async () => {
  pki = await createAgentPki();
});
afterAll(() => pki.remove());
beforeEach(async () => {
  world = await startAgentWorld(pki);
});
afterEach(() => world.stop());

function session(host: "host1" | "host2", instance: string): AgentClient {
  const families = [agentWire.AddressFamily.ADDRESS_FAMILY_E_VPN, agentWire.AddressFamily.ADDRESS_FAMILY_INET6];
  return world.session(host, { instance, families });
}

/** What an agent was told of the one route that it has. */
async function told(client: AgentClient, expected: object): Promise<void> {
  await vi.waitFor(() => expect([...client.reached.values()]).toMatchObject([expected]), DEADLINE);
}

function evpn(route: NonNullable<agentWire.EvpnRoute["route"]>): agentWire.Prefix {
  return { prefix: { $case: "evpn", value: { route } } };
}

const machine = evpn({ $case: "macIp", value: { ethernetTag: 0, mac: 0x020000000001n, ip: Buffer.alloc(0) } });
const flooding = evpn({
  $case: "inclusiveMulticast",
  value: { ethernetTag: 0, originator: Buffer.of(HOST1 >>> 24, HOST1 >>> 16, HOST1 >>> 8, HOST1) },
});
const inet6: agentWire.Prefix = { prefix: { $case: "inet6", value: { address: Buffer.alloc(16, 0xfd), length: 128 } } };

describe("what an agent says of a route beside", () => {
  test.each([
    ["inet", agentRoute(HOST1, 1).prefix],
    ["inet6", inet6],
    ["e-vpn", machine],
  ])(
    "is told of %s: communities, tags, local sequence, MED, and each of them when it changes",
    async (_what, prefix) => {
      const [from, to] = [session("host1", RED), session("host2", GREEN)];
      const say = (communities: number[], tagIds: number[], localSequence: number, med?: number) =>
        from.publish(RED, {
          ...agentRoute(HOST1, 1),
          prefix,
          communities,
          med,
          nextHop: { ...HOP, tagIds, localSequence },
        });
      say([0xfc000007, NO_EXPORT, ACCEPT_OWN_NEXTHOP], [7, 0xffffffff], 9, 5);
      const nextHop = { label: 20, tagIds: [7, 0xffffffff], localSequence: 9 };
      await told(to, { communities: [0xfc000007, NO_EXPORT], med: 5, nextHops: [{ nextHop }] });
      say([0xfc000007], [7], 9);
      await told(to, { communities: [0xfc000007], med: undefined, nextHops: [{ nextHop: { tagIds: [7] } }] });
      say([], [], 0);
      await told(to, { communities: [], nextHops: [{ nextHop: { tagIds: [], localSequence: 0 } }] });
      expect([from.ended, to.ended]).toEqual([undefined, undefined]);
    },
  );

  test("of a machine is that it is a leaf; of flooding its part in copying", async () => {
    const [from, to] = [session("host1", RED), session("host2", GREEN)];
    from.publish(RED, { ...agentRoute(HOST1, 1), nextHop: HOP, prefix: machine, etreeLeaf: true });
    await told(to, { etreeLeaf: true, assistedReplication: NO_ROLE, edgeReplicationNotSupported: undefined });
    from.say({ $case: "routeWithdraw", value: { vrf: RED, prefixes: [machine] } });
    const route = { ...agentRoute(HOST1, 1), nextHop: HOP, prefix: flooding };
    from.publish(RED, { ...route, assistedReplication: LEAF, edgeReplicationNotSupported: false });
    await told(to, { etreeLeaf: false, assistedReplication: LEAF, edgeReplicationNotSupported: false });
    from.publish(RED, { ...route, edgeReplicationNotSupported: true });
    await told(to, { assistedReplication: NO_ROLE, edgeReplicationNotSupported: true });
    from.publish(RED, route);
    from.publish(RED, { ...route, assistedReplication: 99 as agentWire.AssistedReplication });
    await told(to, { assistedReplication: NO_ROLE, edgeReplicationNotSupported: true });
    expect(from.ended).toBeUndefined();
  });

  test.each<[string, Partial<agentWire.AgentRoute>]>([
    ["a leaf where everything is meant", { prefix: flooding, etreeLeaf: true }],
    ["a role where one machine is meant", { prefix: machine, assistedReplication: LEAF }],
    ["edge replication where one machine is meant", { prefix: machine, edgeReplicationNotSupported: true }],
    ["a leaf of an IPv6 route", { prefix: inet6, etreeLeaf: true }],
    ["too many communities", { communities: Array.from({ length: 65 }, (_, index) => index) }],
  ])("ends the session where it is %s", async (_what, more) => {
    const from = session("host1", RED);
    from.publish(RED, { ...agentRoute(HOST1, 1), nextHop: HOP, ...more });
    await vi.waitFor(() => expect(from.ended).toMatchObject({ code: 3 }), DEADLINE);
  });

  test("is nothing where an agent of before says the route: it has what it had", async () => {
    const [from, to] = [session("host1", RED), session("host2", GREEN)];
    from.publish(RED, agentRoute(HOST1, 1));
    await told(to, { communities: [], etreeLeaf: false, assistedReplication: NO_ROLE, med: undefined });
    const [attributes] = [...world.rib.vpn.all()].flatMap(({ best }) => best?.attributes ?? []);
    expect(attributes).toMatchObject({ communities: [], pmsiTunnel: undefined });
    expect(attributes?.extendedCommunities).toHaveLength(3);
    expect(attributes?.extendedCommunities).not.toContain(tagCommunity(64_512, 0));
  });
});

test("routes with thousands of numbers each go in messages that gRPC takes", async () => {
  const client = session("host1", RED);
  const source = { kind: "internal-peer", name: "gateway", routerId: 9 } as const;
  const many = Array.from({ length: 16_000 }, (_, index) => 0xffffffff - index);
  const extendedCommunities = [...(world.rib.instance(RED)?.settings.importTargets ?? [])];
  const said = { origin: 0, asPath: [], clusterList: [], largeCommunities: [], unknown: [] } as const;
  const announced = { bytes: Uint8Array.of(1), attributes: { ...said, communities: many, extendedCommunities } };
  const routes = Array.from({ length: 1_000 }, (_, index) => ({
    ...{ rdHigh: 1, rdLow: 1, address: 0x0a010000 + index, length: 32, label: 16 },
  }));
  const reach = [{ family: "inet-vpn" as const, routes, nextHop: 0xac1f0003 }];
  world.rib.update(source, { unreach: [], reach, announced }, true);
  world.driver.changed();
  await vi.waitFor(() => expect(client.routes.size).toBe(1_000), DEADLINE);
  expect(client.ended).toBeUndefined();
});
