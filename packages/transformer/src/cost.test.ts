import type { ConfigObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { addressed, balancer, listener, member, pool } from "./model/balancers.model.ts";
import { chainNetwork, chainPolicy, service, servicePort, template } from "./model/services.model.ts";
import { intent, to, World } from "./model/world.model.ts";

/** Networks that have nothing to do with what is changed. */
const SIZES = [100, 1_000, 10_000];

/**
 * So many networks in pairs: each pair has a policy, a logical router and a route table; every fiftieth pair a service
 * chain; each network a group. Beside them what is changed below.
 */
function world(networks: number): World {
  const made = new World().put(template("in-network"), template("transparent"));
  for (let pair = 0; pair < networks / 2; pair++) made.put(...pairOf(pair), ...(pair % 50 === 0 ? chainOf(pair) : []));
  made.put(
    ...addressed("vip", "10.1.0.4", "n0"),
    ...addressed("v1", "10.1.0.5", "n0"),
    balancer("vip"),
    listener(80),
    pool(),
    member("pool/m", "10.1.0.5", 8080),
  );
  made.settleWhole();
  return made;
}

function pairOf(pair: number): ConfigObject[] {
  const names = [pair * 2, pair * 2 + 1];
  const port = intent("virtual-machine-interface", `i${pair}`, [to("virtual-network", `n${pair * 2}`)]);
  return [
    chainPolicy(`p${pair}`, `n${pair * 2}`, `n${pair * 2 + 1}`, []),
    table(pair, "10.9.9.9"),
    ...names.map((index) => network(index)),
    ...names.map((index) => intent("security-group", `g${index}`, [], { security_group_id: index })),
    port,
    intent("logical-router", `r${pair}`, [to("virtual-machine-interface", `i${pair}`)]),
  ];
}

function network(index: number, more: readonly ReturnType<typeof to>[] = []): ConfigObject {
  const made = chainNetwork(`n${index}`, [`p${index >> 1}`], 1, "v4");
  const refs = [to("route-table", `t${index >> 1}`), ...more].map((ref) => ({ ...ref, toUuid: "" }));
  return { ...made, refs: [...made.refs, ...refs] };
}

function table(pair: number, next_hop: string): ConfigObject {
  return intent("route-table", `t${pair}`, [], { routes: { route: [{ prefix: "0.0.0.0/0", next_hop }] } });
}

/** A chain between the networks of a pair instead of its connection. */
function chainOf(pair: number): ConfigObject[] {
  const name = `s${pair}`;
  const [left, right] = [`n${pair * 2}`, `n${pair * 2 + 1}`];
  return [
    service(name, "transparent"),
    intent("port-tuple", `${name}/1`),
    servicePort(`${name}__left__1`, left, `${name}/1`, `vm${pair}`),
    servicePort(`${name}__right__1`, right, `${name}/1`, `vm${pair}`),
    chainPolicy(`p${pair}`, left, right, [name]),
  ];
}

/** Changes that concern a few networks, whatever else there is. */
const CHANGES: Readonly<Record<string, (made: World) => void>> = {
  "a policy of two networks": (made) => made.put(chainPolicy("p3", "n6", "n7", [], { protocol: "udp" })),
  "a new network": (made) => made.put(intent("virtual-network", "new")),
  "a network less": (made) => made.remove("virtual-network", "n7"),
  "a group": (made) => made.put(intent("security-group", "g5", [], { security_group_id: 9 })),
  "a router's interface": (made) => made.put(intent("virtual-machine-interface", "i4", [to("virtual-network", "n9")])),
  "a router's external network": (made) =>
    made.put(intent("logical-router", "r5", [to("virtual-network", "n10"), to("virtual-machine-interface", "i5")])),
  "a route table": (made) => made.put(table(6, "10.9.9.8")),
  "a machine more in a chain": (made) =>
    made.put(
      intent("port-tuple", "s0/2"),
      servicePort("s0__left__2", "n0", "s0/2", "vm-more"),
      servicePort("s0__right__2", "n1", "s0/2", "vm-more"),
    ),
  "a service less": (made) => made.remove("service-instance", "s0"),
  "a member of a load balancer": (made) => made.put(member("pool/m", "10.1.0.5", 8081)),
};

test("what a change costs does not depend on how many others there are", () => {
  const worlds = SIZES.map(world);
  for (const [title, change] of Object.entries(CHANGES)) {
    const costs = worlds.map((made) => {
      const before = made.transformer.evaluated;
      change(made);
      made.settleWhole();
      return made.transformer.evaluated - before;
    });
    process.stderr.write(`transformer: ${title} among ${SIZES.join(", ")} networks: ${costs.join(", ")} rules run\n`);
    expect(new Set(costs).size, title).toBe(1);
    expect(costs[0], title).toBeLessThan(60);
  }
});
