import { agentWire } from "@contrail/wire";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type AgentClient, agentRoute, destinationText } from "../../testing/agent-client.ts";
import {
  type AgentPki,
  type AgentWorld,
  createAgentPki,
  GREEN,
  HOST1,
  HOST2,
  RED,
  startAgentWorld,
} from "../../testing/agent-world.ts";

const DEADLINE = { timeout: 20_000, interval: 5 };
const { ADDRESS_FAMILY_INET6: INET6, ADDRESS_FAMILY_E_VPN: E_VPN } = agentWire.AddressFamily;
const ALL = [INET6, E_VPN];
const VXLAN = 8;
const MAC = 0x020000000001n;
const VM6 = Buffer.from("fd000000000000000000000000000005", "hex");

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

/** A session of a host, with an instance. */
function session(
  host: "host1" | "host2" | "host3",
  instance: string,
  families: readonly agentWire.AddressFamily[] = ALL,
  forwardingPreserved = true,
): AgentClient {
  return world.session(host, { instance, families, forwardingPreserved });
}

function octets(address: number): Buffer {
  return Buffer.of(address >>> 24, address >>> 16, address >>> 8, address);
}

function inet6(address: Buffer = VM6, length = 128): agentWire.Prefix {
  return { prefix: { $case: "inet6", value: { address, length } } };
}

function evpn(route: NonNullable<agentWire.EvpnRoute["route"]>): agentWire.Prefix {
  return { prefix: { $case: "evpn", value: { route } } };
}

function macIp(more: Partial<agentWire.EvpnMacIp> = {}): agentWire.Prefix {
  return evpn({ $case: "macIp", value: { ethernetTag: 0, mac: MAC, ip: octets(0x0a000005), ...more } });
}

function flooding(originator: Buffer = octets(HOST1), ethernetTag = 0): agentWire.Prefix {
  return evpn({ $case: "inclusiveMulticast", value: { ethernetTag, originator } });
}

function group(more: Partial<agentWire.EvpnSelectiveMulticast> = {}): agentWire.Prefix {
  const value = { source: Buffer.alloc(0), group: octets(0xe0000105), originator: octets(HOST1), flags: 2 };
  return evpn({ $case: "selectiveMulticast", value: { ethernetTag: 0, ...value, ...more } });
}

/** A route of a host by VXLAN under a VNI, or with another next hop. */
function routeTo(
  prefix: agentWire.Prefix,
  hop: Partial<agentWire.NextHop> = {},
  more: Partial<agentWire.AgentRoute> = {},
): agentWire.AgentRoute {
  const nextHop = { address: HOST1, label: 5_000, encapsulations: [VXLAN], tagIds: [], localSequence: 0, ...hop };
  return { ...agentRoute(HOST1, 1), prefix, nextHop, ...more };
}

function has(client: AgentClient, expected: Readonly<Record<string, readonly number[]>>): Promise<void> {
  return vi.waitFor(() => expect(Object.fromEntries(client.routes)).toEqual(expected), DEADLINE);
}

/** What an agent was last told of a destination. */
function lastOf(client: AgentClient, prefix: agentWire.Prefix): agentWire.Route | undefined {
  const name = destinationText(prefix);
  const routes = client.of("routeUpdate").flatMap(({ reach }) => reach);
  return routes.findLast((route) => destinationText(route.prefix) === name);
}

describe("the families of a session", () => {
  test("are those of Hello that the node knows, and inet; Welcome and introspect say so", async () => {
    const client = session("host1", RED, [E_VPN, 99 as agentWire.AddressFamily, INET6, E_VPN]);
    await vi.waitFor(() => expect(client.of("welcome")).toMatchObject([{ families: [INET6, E_VPN] }]), DEADLINE);
    expect(world.agents.status()).toMatchObject([{ families: ["inet", "e-vpn", "inet6"] }]);
    const older = session("host2", RED, []);
    await vi.waitFor(() => expect(older.of("welcome")).toMatchObject([{ families: [] }]), DEADLINE);
  });

  test("decide what an agent is sent: at its subscription, at every change, and before its end-of-rib", async () => {
    world.agents.routesComplete();
    const publisher = session("host1", RED);
    publisher.publish(RED, agentRoute(HOST1, 1), routeTo(inet6(), { label: 20 }), routeTo(macIp()));
    await vi.waitFor(() => expect(publisher.routes.size).toBe(3), DEADLINE);
    const [plain, v6] = [session("host2", GREEN, []), session("host3", GREEN, [INET6])];
    for (const client of [plain, v6])
      await vi.waitFor(() => expect(client.of("endOfRib")).toEqual([{ vrf: GREEN }]), DEADLINE);
    await has(plain, { [`${GREEN} 167772161/32`]: [16] });
    await has(v6, { [`${GREEN} 167772161/32`]: [16], [`${GREEN} fd00::5/128`]: [20] });
    publisher.publish(RED, routeTo(macIp({ mac: MAC + 2n })), routeTo(inet6(VM6, 64), { label: 21 }));
    publisher.publish(RED, agentRoute(HOST1, 2, 22));
    const v4 = { [`${GREEN} 167772161/32`]: [16], [`${GREEN} 167772162/32`]: [22] };
    await has(plain, v4);
    await has(v6, { ...v4, [`${GREEN} fd00::5/128`]: [20], [`${GREEN} fd00::/64`]: [21] });
    publisher.say({ $case: "vrfUnsubscribe", value: { vrf: RED } });
    await has(v6, {});
    await has(plain, {});
    // Of what it did not ask for it has not heard the end either.
    expect([plain.withdrawn, v6.withdrawn]).toEqual([2, 4]);
  });
});

describe("routes of an agent reach another one", () => {
  test("of IPv6, with labels, groups and how flows are spread, and are withdrawn", async () => {
    const [from, to] = [session("host1", RED), session("host2", GREEN)];
    const spread = { l3SourceAddress: true, l3DestinationAddress: true, l4Protocol: false };
    const loadBalance = { ...spread, l4SourcePort: false, l4DestinationPort: false, sourceBias: true };
    const more = { securityGroupIds: [8, 9], med: 70, loadBalance, localPreference: 200 };
    from.publish(RED, routeTo(inet6(), { label: 20, encapsulations: [13] }, more));
    await has(to, { [`${GREEN} fd00::5/128`]: [20] });
    expect(lastOf(to, inet6())).toMatchObject({
      localPreference: 200,
      med: 70,
      loadBalance,
      sticky: false,
      nextHops: [{ nextHop: { address: HOST1, label: 20, encapsulations: [13] }, securityGroupIds: [8, 9] }],
    });
    from.say({ $case: "routeWithdraw", value: { vrf: RED, prefixes: [inet6()] } });
    await has(to, {});
  });

  test("of EVPN: machines with their move, flooding and groups, labels and VNIs as their encapsulation has them", async () => {
    const [from, to] = [session("host1", RED), session("host2", GREEN)];
    const other = macIp({ mac: MAC + 2n, ip: Buffer.alloc(0) });
    from.publish(
      RED,
      routeTo(macIp(), { routerMac: 0x02ac1e000102n, l3Label: 70_000 }, { sequence: 4, sticky: true }),
      routeTo(other, { label: 20, encapsulations: [13, 11] }),
      routeTo(flooding(), { label: 0xffffff }),
      routeTo(group(), { label: 0 }),
    );
    await has(to, {
      [`${GREEN} macIp 02:00:00:00:00:01 10.0.0.5`]: [5_000],
      [`${GREEN} macIp 02:00:00:00:00:03`]: [20],
      [`${GREEN} inclusiveMulticast 127.0.1.1`]: [0xffffff],
      [`${GREEN} selectiveMulticast 224.0.1.5 127.0.1.1`]: [0],
    });
    const nextHop = {
      address: HOST1,
      label: 5_000,
      encapsulations: [VXLAN],
      routerMac: 0x02ac1e000102n,
      l3Label: 70_000,
    };
    expect(lastOf(to, macIp())).toMatchObject({ sequence: 4, sticky: true, nextHops: [{ nextHop }] });
    expect(lastOf(to, group())?.prefix).toEqual(group());
    // A flag more, which is no part of the name, is another route in the same place.
    from.publish(RED, routeTo(group({ flags: 6 }), { label: 0 }));
    await vi.waitFor(() => expect(lastOf(to, group())?.prefix).toEqual(group({ flags: 6 })), DEADLINE);
    from.say({ $case: "routeWithdraw", value: { vrf: RED, prefixes: [macIp(), flooding(), group()] } });
    await has(to, { [`${GREEN} macIp 02:00:00:00:00:03`]: [20] });
    from.say({ $case: "vrfUnsubscribe", value: { vrf: RED } });
    await has(to, {});
  });

  test("a machine that moves is where the higher sequence is", async () => {
    const [first, second, to] = [session("host1", RED), session("host2", RED), session("host3", GREEN)];
    first.publish(RED, routeTo(macIp(), {}, { sequence: 1 }));
    await has(to, { [`${GREEN} macIp 02:00:00:00:00:01 10.0.0.5`]: [5_000] });
    second.publish(RED, routeTo(macIp(), { address: HOST2, label: 5_001 }, { sequence: 2 }));
    await has(to, { [`${GREEN} macIp 02:00:00:00:00:01 10.0.0.5`]: [5_001] });
    expect(lastOf(to, macIp())).toMatchObject({ sequence: 2, nextHops: [{ nextHop: { address: HOST2 } }] });
    second.say({ $case: "routeWithdraw", value: { vrf: RED, prefixes: [macIp()] } });
    await has(to, { [`${GREEN} macIp 02:00:00:00:00:01 10.0.0.5`]: [5_000] });
  });

  test("and nobody in an instance that does not import them", async () => {
    const from = session("host1", GREEN);
    const to = session("host2", RED);
    to.publish(RED, routeTo(inet6(VM6, 64), { address: HOST2, label: 30 }));
    from.publish(GREEN, routeTo(inet6(), { label: 20 }), routeTo(macIp()), routeTo(flooding()));
    await vi.waitFor(() => expect(from.routes.size).toBe(4), DEADLINE);
    await has(to, { [`${RED} fd00::/64`]: [30] });
    // A withdrawal in one instance takes nothing of another.
    from.subscribe(RED, 4);
    from.say({ $case: "routeWithdraw", value: { vrf: RED, prefixes: [inet6(), macIp(), inet6(VM6, 64)] } });
    from.publish(GREEN, routeTo(inet6(VM6, 96), { label: 22 }));
    await vi.waitFor(() => expect(from.routes.get(`${GREEN} fd00::/96`)).toEqual([22]), DEADLINE);
    expect([...from.routes.keys()].filter((key) => key.startsWith(GREEN))).toHaveLength(5);
  });
});

describe("graceful restart keeps every family:", () => {
  const NAMES = ["fd00::5/128", "macIp 02:00:00:00:00:01 10.0.0.5", "inclusiveMulticast 127.0.1.1"];
  const publishAll = (client: AgentClient) =>
    client.publish(RED, routeTo(inet6(), { label: 20 }), routeTo(macIp()), routeTo(flooding()));
  const names = (client: AgentClient) => [...client.routes.keys()].map((key) => key.slice(GREEN.length + 1)).sort();

  test("an agent that is away loses nothing, and with its end-of-rib what it has not said again", async () => {
    const to = session("host2", GREEN);
    const first = session("host1", RED);
    publishAll(first);
    await vi.waitFor(() => expect(names(to)).toEqual(NAMES.toSorted()), DEADLINE);
    first.close();
    await vi.waitFor(() => expect(world.agents.status()).toMatchObject([{}, { state: "stale" }]), DEADLINE);
    const again = session("host1", RED);
    again.publish(RED, routeTo(macIp()));
    await vi.waitFor(() => expect(again.routes.size).toBe(3), DEADLINE);
    expect([names(to), to.withdrawn]).toEqual([NAMES.toSorted(), 0]);
    again.endOfRib();
    await vi.waitFor(() => expect(names(to)).toEqual(["macIp 02:00:00:00:00:01 10.0.0.5"]), DEADLINE);
  });

  test("one that comes back without a family takes that family's routes with its end-of-rib", async () => {
    const to = session("host2", GREEN);
    const first = session("host1", RED);
    publishAll(first);
    await vi.waitFor(() => expect(names(to)).toHaveLength(3), DEADLINE);
    first.close();
    await vi.waitFor(() => expect(world.agents.status()).toMatchObject([{}, { state: "stale" }]), DEADLINE);
    const older = session("host1", RED, [INET6]);
    older.publish(RED, routeTo(inet6(), { label: 20 }));
    older.endOfRib();
    await vi.waitFor(() => expect(names(to)).toEqual(["fd00::5/128"]), DEADLINE);
  });

  test("one whose forwarding was not preserved loses all at its Hello", async () => {
    const to = session("host2", GREEN);
    publishAll(session("host1", RED));
    await vi.waitFor(() => expect(names(to)).toHaveLength(3), DEADLINE);
    session("host1", RED, ALL, false);
    await vi.waitFor(() => expect(names(to)).toEqual([]), DEADLINE);
  });
});

describe("a hostile agent is refused, and nothing of it is kept:", () => {
  const refused = async (client: AgentClient, code: number, text: string) => {
    await vi.waitFor(() => expect(client.ended).toEqual({ code, details: expect.stringContaining(text) }), DEADLINE);
    world.rib.step(1_000);
    for (const family of ["inet6-vpn", "e-vpn"] as const) expect(world.rib.table(family).size).toBe(0);
  };

  test.each<[string, readonly agentWire.AddressFamily[], agentWire.Prefix]>([
    ["IPv6 with a session of EVPN", [E_VPN], inet6()],
    ["EVPN with a session of IPv6", [INET6], macIp()],
    ["EVPN with an older session", [], flooding()],
  ])(
    "one that publishes, or withdraws, routes of a family that it did not ask for: %s",
    async (_, families, prefix) => {
      for (const say of [
        (client: AgentClient) => client.publish(RED, routeTo(prefix, { label: 20, encapsulations: [13] })),
        (client: AgentClient) => client.say({ $case: "routeWithdraw", value: { vrf: RED, prefixes: [prefix] } }),
      ]) {
        const client = session("host1", RED, families);
        say(client);
        await refused(client, 3, "which Hello did not ask for");
      }
    },
  );

  test("one that publishes in an instance that it has not subscribed", async () => {
    const client = session("host1", RED);
    client.publish(GREEN, routeTo(macIp()));
    await refused(client, 3, `${GREEN} is not subscribed`);
  });

  test.each<[string, agentWire.AgentRoute]>([
    ["a machine", routeTo(macIp(), { address: HOST2 })],
    ["an IPv6 route", routeTo(inet6(), { address: HOST2, label: 20 })],
    ["where another host takes flooding", routeTo(flooding(octets(HOST2)))],
    ["where an IPv6 router takes flooding", routeTo(flooding(VM6))],
    ["groups of another host", routeTo(group({ originator: octets(HOST2) }))],
  ])("one that speaks for another host: %s", async (_what, route) => {
    const client = session("host1", RED);
    client.publish(RED, routeTo(macIp({ mac: MAC + 4n })), route);
    await refused(client, 7, "an agent speaks for 127.0.1.1");
  });

  test.each<[string, agentWire.AgentRoute, string]>([
    ["a MAC of 49 bits", routeTo(macIp({ mac: 1n << 48n })), "MAC address 281474976710656"],
    ["a MAC of 64 bits", routeTo(macIp({ mac: (1n << 64n) - 1n })), "no address of one station"],
    ["no MAC", routeTo(macIp({ mac: 0n })), "MAC address 0"],
    ["a MAC of many", routeTo(macIp({ mac: 0x01005e000001n })), "no address of one station"],
    ["an IP address of 5 octets", routeTo(macIp({ ip: Buffer.alloc(5) })), "an IP address has 5 octets"],
    ["an IP address of 17 octets", routeTo(macIp({ ip: Buffer.alloc(17) })), "an IP address has 17 octets"],
    ["an Ethernet tag of 25 bits", routeTo(macIp({ ethernetTag: 1 << 24 })), "an Ethernet tag of 16777216"],
    ["a router's MAC of many", routeTo(macIp(), { routerMac: 0x01005e000001n }), "has router's MAC"],
    ["a VNI of 25 bits", routeTo(macIp(), { label: 1 << 24 }), "has VNI 16777216"],
    ["no VNI", routeTo(flooding(), { label: 0 }), "has VNI 0"],
    ["a reserved label", routeTo(macIp(), { label: 3, encapsulations: [13] }), "has label 3"],
    ["a label of 21 bits", routeTo(flooding(), { label: 1 << 20, encapsulations: [] }), "has label 1048576"],
    ["a routed VNI of 25 bits", routeTo(macIp(), { l3Label: 1 << 24 }), "has VNI 16777216"],
    ["labels of two kinds", routeTo(macIp(), { encapsulations: [13, VXLAN] }), "its label is of one kind"],
    ["a tunnel type of 17 bits", routeTo(macIp(), { encapsulations: [0x10008] }), "has encapsulation 65544"],
    ["too many encapsulations", routeTo(macIp(), { encapsulations: Array(9).fill(VXLAN) }), "8 encapsulations"],
    ["no originator", routeTo(flooding(Buffer.alloc(0))), "an originator is missing"],
    ["an originator of 3 octets", routeTo(flooding(Buffer.alloc(3))), "an originator has 3 octets"],
    ["a group that is a host", routeTo(group({ group: octets(HOST1) })), "no multicast address"],
    ["an IPv6 group that is a host", routeTo(group({ group: VM6 })), "no multicast address"],
    ["a source of another version", routeTo(group({ source: VM6 })), "another version than its group"],
    ["flags of 32 bits", routeTo(group({ flags: 0xffffffff })), "flags of a group of 4294967295"],
    ["more groups than fit", routeTo(macIp(), {}, { securityGroupIds: Array(257).fill(1) }), "security groups"],
    ["no next hop", routeTo(macIp(), {}, { nextHop: undefined }), "has no next hop"],
    ["an IPv6 prefix of 129 bits", routeTo(inet6(VM6, 129), { label: 20 }), "a prefix length of 129"],
    ["an IPv6 prefix of 4 octets", routeTo(inet6(octets(HOST1), 32), { label: 20 }), "an IPv6 prefix of 4 octets"],
    ["an IPv6 prefix of 0 octets", routeTo(inet6(Buffer.alloc(0), 0), { label: 20 }), "an IPv6 prefix is missing"],
    ["an IPv6 prefix of 15 octets", routeTo(inet6(Buffer.alloc(15)), { label: 20 }), "an IPv6 prefix has 15 octets"],
    ["an IPv6 prefix with a VNI", routeTo(inet6(), { label: 1 << 20 }), "fd00::5/128 has label 1048576"],
    [
      "an EVPN prefix",
      routeTo(evpn({ $case: "ipPrefix", value: { ethernetTag: 0, address: VM6, length: 64 } })),
      "publish it as an IP route",
    ],
  ])("one whose route has %s", async (_what, route, text) => {
    const client = session("host1", RED);
    client.publish(RED, routeTo(macIp({ mac: MAC + 4n })), route);
    await refused(client, 3, text);
  });

  test("one that publishes more routes of all families than a host can have", async () => {
    const client = session("host1", RED);
    const machines = (start: number) =>
      Array.from({ length: 7_000 }, (_, index) => routeTo(macIp({ mac: MAC + BigInt(2 * (start + index)) })));
    for (let start = 0; start < 70_000; start += 7_000) client.publish(RED, ...machines(start));
    await vi.waitFor(
      () => expect(client.ended).toMatchObject({ code: 8, details: expect.stringContaining("65536 routes") }),
      DEADLINE,
    );
  });
});

test("EVPN types and families that only newer agents know are passed over", async () => {
  const client = session("host1", RED);
  client.publish(
    RED,
    routeTo({ prefix: undefined }),
    routeTo({ prefix: { $case: "evpn", value: { route: undefined } } }),
    routeTo(macIp()),
  );
  await has(client, { [`${RED} macIp 02:00:00:00:00:01 10.0.0.5`]: [5_000] });
});

test("octets of EVPN and IPv6 routes, mutated and truncated, end at most their own session", async () => {
  const good = session("host1", RED);
  const host2 = (prefix: agentWire.Prefix) => routeTo(prefix, { address: HOST2 });
  const routes = [host2(macIp()), host2(flooding(octets(HOST2))), host2(group({ originator: octets(HOST2) }))];
  const whole = agentWire.AgentMessage.encode({
    message: { $case: "routePublish", value: { vrf: RED, routes: [...routes, host2(inet6())] } },
  }).finish();
  const mutated = fc
    .tuple(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }), fc.nat(whole.length))
    .map(([changes, length]) => {
      const bytes = whole.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return bytes.subarray(0, length);
    });
  const messages = fc.sample(mutated, 300);
  const isHeard = () => world.heard.includes("host2");
  const isLost = (client: AgentClient) =>
    client.of("welcome").length > 0 &&
    world.agents.status().some(({ name, state }) => name === "host2" && state === "stale");
  for (let start = 0; start < messages.length; start += 10) {
    const client = session("host2", RED);
    for (const bytes of messages.slice(start, start + 10)) client.sendBytes(bytes);
    client.endOfRib();
    // Of octets that are no message the library may break the call off before its status: the node knows.
    await vi.waitFor(() => expect(client.ended !== undefined || isHeard() || isLost(client)).toBe(true), DEADLINE);
    world.heard.splice(0);
    client.close();
  }
  good.publish(RED, routeTo(macIp({ mac: MAC + 8n })));
  await vi.waitFor(() => expect(good.routes.has(`${RED} macIp 02:00:00:00:00:09 10.0.0.5`)).toBe(true), DEADLINE);
  expect(good.ended).toBeUndefined();
});
