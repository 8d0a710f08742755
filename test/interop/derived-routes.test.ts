import { type AgentClient, agentRoute } from "@contrail/control-node/testing";
import { formatInetAddress, parseInetAddress, parseInetPrefix } from "@contrail/net";
import type { ConfigObject, JsonObject } from "@contrail/schema";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { instance, network, ofInstances } from "./config-objects.ts";
import { ControlPlane, type HostName, TUNNEL_ENDS } from "./control-plane.ts";

/*
 * Two control nodes with a BGP session, and an agent at each: what configuration objects, as the transformer leaves
 * them, come to at the agents. Every step changes the configuration of the running system.
 */

const DEADLINE = { timeout: 60_000, interval: 20 };
const FOREVER_MS = 600_000;
/** Chains between red and blue: "left" tells blue's routes in red, "right" red's in blue. */
const INSTANCES = ["red", "blue", "left", "right"] as const;
type Instance = (typeof INSTANCES)[number];
const PARENT = { red: "red", blue: "blue", left: "red", right: "blue" } as const;

function nameOf(name: Instance): string {
  return `d:p:${PARENT[name]}:${name}`;
}

/** A side of the chain: the service's address there, and the network at the other end. */
function side(name: "left" | "right", address: string, to: "red" | "blue", subnet: string): ConfigObject {
  const service_chain_information = {
    routing_instance: nameOf(to),
    prefix: [subnet],
    service_chain_address: address,
    service_instance: "d:p:s",
    source_routing_instance: nameOf(PARENT[name]),
    service_chain_id: "chain1",
  };
  return instance(PARENT[name], name, name === "left" ? 9 : 8, { service_chain_information }, [PARENT[name]]);
}

let plane: ControlPlane;
let agents: Readonly<Record<HostName, AgentClient>>;

beforeAll(async () => {
  plane = new ControlPlane(TUNNEL_ENDS);
  await plane.start();
  await plane.log.configure(...network("red", 1), ...network("blue", 2));
  await Promise.all([plane.startNode("control1", FOREVER_MS), plane.startNode("control2", FOREVER_MS)]);
  agents = { host1: plane.client("host1", "control1"), host2: plane.client("host2", "control2") };
  // Each node waits for all agents; what these say to one of them alone comes to the other by BGP.
  for (const silent of [plane.client("host1", "control2"), plane.client("host2", "control1")]) silent.endOfRib();
  for (const agent of Object.values(agents)) {
    for (const [index, name] of INSTANCES.entries()) agent.subscribe(nameOf(name), index + 1);
    agent.endOfRib();
  }
});

afterAll(() => plane.close());

/** An agent has, or no longer has, an address in an instance. */
function publish(host: HostName, name: Instance, address: string, label: number, virtualNetworkId = 0): void {
  const route = agentRoute(parseInetAddress(TUNNEL_ENDS[host]) ?? 0, 0, label);
  agents[host].publish(nameOf(name), { ...route, prefix: wirePrefix(address), virtualNetworkId });
}

function withdraw(host: HostName, name: Instance, address: string): void {
  agents[host].say({
    $case: "routeWithdraw",
    value: { vrf: nameOf(name), prefixes: [wirePrefix(address)] },
  });
}

function wirePrefix(text: string) {
  const value = parseInetPrefix(text) ?? { address: 0, length: 0 };
  return { prefix: { $case: "inet" as const, value: { ...value } } };
}

/** What an agent has of an instance: prefix to labels. */
function routesOf(host: HostName, name: Instance): Readonly<Record<string, readonly number[]>> {
  const found = [...agents[host].routes].filter(([key]) => key.startsWith(`${nameOf(name)} `));
  return Object.fromEntries(
    found.map(([key, labels]) => {
      const [address = "", length] = (key.split(" ")[1] ?? "").split("/");
      return [`${formatInetAddress(Number(address))}/${length}`, [...labels].sort((a, b) => a - b)];
    }),
  );
}

/** Both agents come to have exactly these routes of an instance. */
async function see(name: Instance, routes: Readonly<Record<string, readonly number[]>>): Promise<void> {
  for (const host of ["host1", "host2"] as const) {
    await vi.waitFor(() => expect([host, routesOf(host, name)]).toEqual([host, routes]), DEADLINE);
  }
}

const RED = { "10.1.0.5/32": [20] };
const BLUE = { "10.2.0.5/32": [30] };

/** The addresses of the service's machines by side. */
const LEFT = "10.1.0.100/32";
const RIGHT = "10.2.0.100/32";

/** What a side of the chain tells, by these ways: the other network's prefix, machine and end of the service. */
function told(name: "left" | "right", ...labels: readonly number[]): Readonly<Record<string, readonly number[]>> {
  return name === "left"
    ? { "10.2.0.0/24": labels, "10.2.0.5/32": labels, [RIGHT]: labels }
    : { "10.1.0.0/24": labels, "10.1.0.5/32": labels, [LEFT]: labels };
}

describe("a service chain", () => {
  test("joins networks that have nothing of each other's before", async () => {
    publish("host1", "red", "10.1.0.5", 20, 1);
    publish("host2", "blue", "10.2.0.5", 30, 2);
    await see("red", RED);
    await see("blue", BLUE);
  });

  test("tells each network the other's prefixes by way of the service, once its machine is there", async () => {
    await plane.log.configure(
      side("left", "10.1.0.100", "blue", "10.2.0.0/24"),
      side("right", "10.2.0.100", "red", "10.1.0.0/24"),
    );
    publish("host1", "red", "10.1.0.100", 40, 1);
    await see("red", { ...RED, [LEFT]: [40] });
    publish("host1", "blue", "10.2.0.100", 41, 2);
    await see("red", { ...RED, [LEFT]: [40], ...told("left", 40) });
    await see("blue", { ...BLUE, [RIGHT]: [41], ...told("right", 41) });
    // A chain's instance is connected with its network: there a packet of the chain finds both ends.
    await see("left", { ...RED, [LEFT]: [40], ...told("left", 40) });
  });

  test("shares traffic among its machines, and goes on with those that are left", async () => {
    publish("host2", "red", "10.1.0.100", 50, 1);
    await see("red", { ...RED, [LEFT]: [40, 50], ...told("left", 40, 50) });
    withdraw("host1", "red", "10.1.0.100");
    await see("red", { ...RED, [LEFT]: [50], ...told("left", 50) });
  });

  test("is gone in both directions when the last machine fails its health check: its agent withdraws the address", async () => {
    withdraw("host2", "red", "10.1.0.100");
    await see("red", RED);
    await see("blue", { ...BLUE, [RIGHT]: [41] });
    publish("host2", "red", "10.1.0.100", 50, 1);
    await see("blue", { ...BLUE, [RIGHT]: [41], ...told("right", 41) });
  });

  test("that is transparent leads to an address of its own instance", async () => {
    const { properties, ...left } = side("left", "0.0.0.4", "blue", "10.2.0.0/24");
    const { source_routing_instance: _, ...information } = properties.service_chain_information as JsonObject; // As made above.
    await plane.log.configure({ ...left, properties: { service_chain_information: information } });
    await see("red", { ...RED, [LEFT]: [50] });
    publish("host2", "left", "0.0.0.4", 60);
    // The network imports what the instance exports.
    await see("red", { ...RED, [LEFT]: [50], "0.0.0.4/32": [60], ...told("left", 60) });
  });

  test("goes with its instances", async () => {
    await plane.log.remove(
      side("left", "0.0.0.4", "blue", "10.2.0.0/24"),
      side("right", "10.2.0.100", "red", "10.1.0.0/24"),
    );
    withdraw("host2", "red", "10.1.0.100");
    withdraw("host1", "blue", "10.2.0.100");
    await see("red", RED);
    await see("blue", BLUE);
  });
});

describe("static routes of an instance", () => {
  const route = (next_hop: string): JsonObject => ({
    static_route_entries: { route: [{ prefix: "10.7.0.0/16", next_hop, route_target: ["target:64512:2"] }] },
  });

  test("lead where their next hop is, are imported by the targets that they name, and change and go", async () => {
    await plane.log.configure(...network("red", 1, route("10.1.0.5")));
    await see("red", { ...RED, "10.7.0.0/16": [20] });
    await see("blue", { ...BLUE, "10.7.0.0/16": [20] });
    publish("host2", "red", "10.1.0.6", 21, 1);
    await plane.log.configure(...network("red", 1, route("10.1.0.6")));
    await see("blue", { ...BLUE, "10.7.0.0/16": [21] });
    withdraw("host2", "red", "10.1.0.6");
    await see("blue", BLUE);
    await plane.log.configure(...network("red", 1));
    await see("red", RED);
  });
});

describe("a route aggregate", () => {
  const aggregate = ofInstances("route-aggregate", "sum", ["red"], {
    aggregate_route_nexthop: "10.1.0.9",
    aggregate_route_entries: { route: ["10.1.0.0/16"] },
  });

  test("stands for the routes inside it where others import the network", async () => {
    await plane.log.configure(instance("blue", "blue", 2, { routing_instance_is_default: true }, ["red"]));
    publish("host2", "red", "10.1.0.9", 22, 1);
    await see("blue", { ...BLUE, ...RED, "10.1.0.9/32": [22] });
    await plane.log.configure(aggregate);
    await see("red", { ...RED, ...BLUE, "10.1.0.9/32": [22], "10.1.0.0/16": [22] });
    await see("blue", { ...BLUE, "10.1.0.9/32": [22], "10.1.0.0/16": [22] });
  });

  test("goes with its configuration", async () => {
    await plane.log.remove(aggregate);
    await see("blue", { ...BLUE, ...RED, "10.1.0.9/32": [22] });
  });
});

describe("a routing policy", () => {
  const policy = (action: string, update: JsonObject = {}): ConfigObject => {
    const term_match_condition = { prefix: [{ prefix: "10.1.0.5/32" }] };
    return ofInstances("routing-policy", "filter", ["blue"], {
      term_type: "vrouter",
      routing_policy_entries: { term: [{ term_match_condition, term_action_list: { action, update } }] },
    });
  };
  const preference = () =>
    agents.host1
      .of("routeUpdate")
      .flatMap(({ reach }) => reach)
      .at(-1)?.localPreference;

  test("rejects a route in its instance alone, as long as it is there", async () => {
    await plane.log.configure(policy("reject"));
    await see("blue", { ...BLUE, "10.1.0.9/32": [22] });
    await see("red", { ...RED, ...BLUE, "10.1.0.9/32": [22] });
    await plane.log.configure(policy("accept", { local_pref: 300 }));
    await see("blue", { ...BLUE, ...RED, "10.1.0.9/32": [22] });
    await vi.waitFor(() => expect(preference()).toBe(300), DEADLINE);
    await plane.log.remove(policy("accept"));
    await vi.waitFor(() => expect(preference()).toBe(100), DEADLINE);
    await see("blue", { ...BLUE, ...RED, "10.1.0.9/32": [22] });
  });
});

test("none of it reset a session", async () => {
  const { peers } = (await plane.page("control1", "neighbours")) as {
    peers: { establishedCount: number; state: string }[];
  };
  expect(peers.map(({ state, establishedCount }) => [state, establishedCount])).toEqual([["established", 1]]);
  expect(Object.values(agents).map(({ ended }) => ended)).toEqual([undefined, undefined]);
});
