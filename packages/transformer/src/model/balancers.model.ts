import type { ConfigObject, JsonObject } from "@contrail/schema";
import fc from "fast-check";
import { intent, to } from "./world.model.ts";

const MEMBERS = ["pool/m", "pool/n"];
const ON = { admin_state: true };

/** An interface of network a with an address. */
export function addressed(name: string, instance_ip_address: string, network = "a"): ConfigObject[] {
  const refs = [to("virtual-machine-interface", name), to("virtual-network", network)];
  return [
    intent("virtual-machine-interface", name, [to("virtual-network", network)]),
    intent("instance-ip", `ip-${name}`, refs, { instance_ip_address }),
  ];
}

/** A balancer at an interface. */
export function balancer(vmi: string, loadbalancer_properties: JsonObject = ON): ConfigObject {
  return intent("loadbalancer", "lb", [to("virtual-machine-interface", vmi)], { loadbalancer_properties });
}

/** A listener of the balancer. */
export function listener(protocol_port: number, protocol = "HTTP", more: JsonObject = ON): ConfigObject {
  const loadbalancer_listener_properties = { protocol, protocol_port, ...more };
  return intent("loadbalancer-listener", "listener", [to("loadbalancer", "lb")], { loadbalancer_listener_properties });
}

/** The pool of the listener. */
export function pool(more: JsonObject = ON): ConfigObject {
  return intent("loadbalancer-pool", "pool", [to("loadbalancer-listener", "listener")], {
    loadbalancer_pool_properties: more,
  });
}

/** A member of the pool: "pool/m". */
export function member(name: string, address: string, protocol_port: number, more: JsonObject = ON): ConfigObject {
  const loadbalancer_member_properties = { address, protocol_port, ...more };
  return intent("loadbalancer-member", name, [], { loadbalancer_member_properties });
}

const state = fc.constantFrom<JsonObject>(ON, ON, { admin_state: false });
const address = fc.constantFrom("10.1.0.5", "10.1.0.6", "10.1.0.7");

/** What a load balancer is made of, by how often it is put. */
export const balancerPuts = [
  { arbitrary: fc.constantFrom("vip", "v1").map((vmi) => balancer(vmi)), weight: 1 },
  {
    arbitrary: fc.tuple(fc.constantFrom(80, 81), fc.constantFrom("HTTP", "UDP"), state).map((of) => listener(...of)),
    weight: 1,
  },
  { arbitrary: state.map(pool), weight: 1 },
  {
    arbitrary: fc
      .tuple(fc.constantFrom(...MEMBERS), address, fc.constantFrom(8080, 8081), state)
      .map((of) => member(...of)),
    weight: 3,
  },
  {
    arbitrary: fc.tuple(fc.constantFrom("v1", "v2", "vip"), address).map(([name, of]) => addressed(name, of)[1]),
    weight: 3,
  },
  { arbitrary: fc.constantFrom("v1", "v2").map((name) => addressed(name, "10.1.0.5")[0]), weight: 1 },
].map(({ arbitrary, weight }) => ({ arbitrary: arbitrary.map((object) => object ?? pool()), weight }));

/** What can be removed of them: type and name. */
export const balancerNames = [
  ["loadbalancer", "lb"] as const,
  ["loadbalancer-listener", "listener"] as const,
  ["loadbalancer-pool", "pool"] as const,
  ...MEMBERS.map((name) => ["loadbalancer-member", name] as const),
  ["instance-ip", "ip-v1"] as const,
  ["virtual-machine-interface", "v2"] as const,
];

/** A balancer with two members. */
export const balancerStart: fc.Arbitrary<readonly ConfigObject[]> = fc
  .tuple(address, address)
  .map(([first, second]) => [
    intent("virtual-network", "a"),
    ...addressed("vip", "10.1.0.4"),
    ...addressed("v1", "10.1.0.5"),
    ...addressed("v2", "10.1.0.6"),
    balancer("vip"),
    listener(80),
    pool(),
    member("pool/m", first, 8080),
    member("pool/n", second, 8080),
  ]);
