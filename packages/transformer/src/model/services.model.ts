import type { ConfigObject, JsonObject } from "@contrail/schema";
import fc from "fast-check";
import { NETWORKS, system } from "./networks.model.ts";
import { intent, to } from "./world.model.ts";

const SERVICES = ["s", "t"];
const TEMPLATES = ["transparent", "in-network", "in-network-nat"];
const TUPLES = ["s/one", "s/two", "t/one"];
const MACHINES = ["m", "n"];
/** Service interfaces: each is of the left or the right side by its name. */
const PORTS = ["s__left__1", "s__right__1", "s__left__2", "s__right__2", "t__left__1", "t__right__1"];

/** A template of a mode that is its name. */
export function template(mode: string): ConfigObject {
  const interface_type = ["left", "right"].map((service_interface_type) => ({ service_interface_type }));
  return intent("service-template", mode, [], { service_template_properties: { service_mode: mode, interface_type } });
}

/** A service of a template. */
export function service(name: string, mode: string, properties: JsonObject = {}): ConfigObject {
  return intent("service-instance", name, [to("service-template", mode)], { service_instance_properties: properties });
}

/** An interface of a service machine. */
export function servicePort(name: string, network: string, tuple: string | undefined, machine: string): ConfigObject {
  const refs = [to("virtual-network", network), to("virtual-machine", machine)];
  return intent("virtual-machine-interface", name, tuple === undefined ? refs : [...refs, to("port-tuple", tuple)]);
}

/** A policy that sends all traffic between two networks through services. */
export function chainPolicy(
  name: string,
  from: string,
  by: string,
  services: readonly string[],
  more: JsonObject = {},
) {
  const rule = {
    direction: "<>",
    protocol: "any",
    src_addresses: [{ virtual_network: `d:p:${from}` }],
    dst_addresses: [{ virtual_network: `d:p:${by}` }],
    action_list: { simple_action: "pass", apply_service: services.map((item) => `d:p:${item}`) },
    ...more,
  };
  return intent("network-policy", name, [], { network_policy_entries: { policy_rule: [rule] } });
}

/** A network with subnets of both families or one, and a policy. */
export function chainNetwork(
  name: string,
  policies: readonly string[],
  index: number,
  families = "both",
): ConfigObject {
  const subnets = [
    ...(families === "v6" ? [] : [{ subnet: { ip_prefix: `10.${index}.0.0`, ip_prefix_len: 24 } }]),
    ...(families === "v4" ? [] : [{ subnet: { ip_prefix: `fd0${index}::`, ip_prefix_len: 64 } }]),
  ];
  return intent("virtual-network", name, [
    to("network-ipam", "ipam", { ipam_subnets: subnets }),
    ...policies.map((policy) => to("network-policy", policy, { sequence: { major: 0, minor: 0 } })),
  ]);
}

const mode = fc.constantFrom(...TEMPLATES);
const services = fc.constantFrom<readonly string[]>(["s"], ["t"], ["s", "t"]);
const network = fc.constantFrom("a", "b");
const port = fc
  .record({ name: fc.constantFrom(...PORTS), network, machine: fc.constantFrom(...MACHINES), isTupled: fc.boolean() })
  .map(({ name, network: of, machine, isTupled }) =>
    servicePort(name, of, isTupled ? tupleOf(name) : undefined, machine),
  );
const oldMachine = fc
  .record({ name: fc.constantFrom(...MACHINES), services: fc.subarray(SERVICES) })
  .map(({ name, services: of }) =>
    intent(
      "virtual-machine",
      name,
      of.map((item) => to("service-instance", item)),
    ),
  );
const address = fc
  .record({ name: fc.constantFrom("ip", "ip6"), port: fc.constantFrom(...PORTS), last: fc.integer({ min: 1, max: 3 }) })
  .map(({ name, port: of, last }) => {
    const text = name === "ip" ? `10.8.0.${last}` : `fd08::${last}`;
    return intent("instance-ip", name, [to("virtual-machine-interface", of)], { instance_ip_address: text });
  });
const check = fc
  .record({ side: fc.constantFrom("left", "right", "management"), services: fc.subarray(SERVICES), delay: fc.nat(2) })
  .map(({ side, services: of, delay }) => {
    const refs = of.map((item) => to("service-instance", item, { interface_type: side }));
    return intent("service-health-check", "check", refs, { service_health_check_properties: { delay } });
  });
const aggregate = fc
  .record({ side: fc.constantFrom("left", "right"), services: fc.subarray(SERVICES) })
  .map((given) => {
    const refs = given.services.map((item) => to("service-instance", item, { interface_type: given.side }));
    return intent("route-aggregate", "aggregate", refs);
  });
const routing = fc.subarray(SERVICES).map((of) => {
  const attr = { left_sequence: "1", right_sequence: "2" };
  return intent(
    "routing-policy",
    "routing",
    of.map((item) => to("service-instance", item, attr)),
  );
});
const table = fc.constantFrom("10.8.0.9", "d:p:s", "fd08::9", "d:p:t").map((next_hop) => {
  const prefix = next_hop.startsWith("f") ? "fd0f::/64" : "0.0.0.0/0";
  return intent("route-table", "table", [], { routes: { route: [{ prefix, next_hop }] } });
});
const routedNetwork = fc
  .constantFrom(...NETWORKS)
  .map((name) => intent("virtual-network", name, [to("route-table", "table")]));
const chained = fc
  .record({ name: network, families: fc.constantFrom("v4", "v6", "both") })
  .map(({ name, families }) => chainNetwork(name, ["q"], name === "a" ? 1 : 2, families));

function tupleOf(portName: string): string {
  const [of, , index] = portName.split("__");
  return `${of}/${index === "1" ? "one" : "two"}`;
}

/** What a chain is made of, by how often it is put. */
export const servicePuts = [
  {
    arbitrary: fc.record({ name: fc.constantFrom(...SERVICES), mode }).map((item) => service(item.name, item.mode)),
    weight: 2,
  },
  { arbitrary: services.map((of) => chainPolicy("q", "a", "b", of)), weight: 2 },
  { arbitrary: port, weight: 3 },
  { arbitrary: oldMachine, weight: 1 },
  { arbitrary: address, weight: 2 },
  { arbitrary: check, weight: 1 },
  { arbitrary: aggregate, weight: 1 },
  { arbitrary: routing, weight: 1 },
  { arbitrary: table, weight: 1 },
  { arbitrary: routedNetwork, weight: 1 },
  { arbitrary: chained, weight: 3 },
  { arbitrary: system, weight: 1 },
];

/** What can be removed of them: type and name. */
export const serviceNames = [
  ["virtual-network", "a"] as const,
  ["network-policy", "q"] as const,
  ...SERVICES.map((name) => ["service-instance", name] as const),
  ...PORTS.map((name) => ["virtual-machine-interface", name] as const),
  ...MACHINES.map((name) => ["virtual-machine", name] as const),
  ["instance-ip", "ip"] as const,
  ["route-table", "table"] as const,
  ["routing-policy", "routing"] as const,
  ["service-health-check", "check"] as const,
];

/** A chain that is whole, of services of any modes, and some of what can be attached to it. */
export const chainStart: fc.Arbitrary<readonly ConfigObject[]> = fc
  .record({
    modes: fc.tuple(mode, mode),
    of: services,
    extras: fc.tuple(check, aggregate, routing, table, address, routedNetwork),
  })
  .map(({ modes, of, extras }) => [
    ...TEMPLATES.map(template),
    ...SERVICES.map((name, index) => service(name, modes[index] ?? "transparent")),
    ...TUPLES.map((name) => intent("port-tuple", name)),
    ...PORTS.map((name) =>
      servicePort(name, name.includes("left") ? "a" : "b", tupleOf(name), name.endsWith("1") ? "m" : "n"),
    ),
    ...MACHINES.map((name) => intent("virtual-machine", name)),
    ...extras,
    chainPolicy("q", "a", "b", of),
    chainNetwork("a", ["q"], 1),
    chainNetwork("b", ["q"], 2),
  ]);
