import type { ConfigObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { intent, to, World } from "./model/world.model.ts";

const SIZES = [100, 1_000, 4_000];

/** A world of so many networks; pairs of them share a policy, and each has a group of its own. */
function world(networks: number): World {
  const made = new World();
  for (let index = 0; index < networks; index++) {
    const pair = index >> 1;
    if (index % 2 === 0) made.take({ kind: "put", object: pairPolicy(pair, "tcp") });
    made.take({ kind: "put", object: network(index) });
    made.take({ kind: "put", object: intent("security-group", `g${index}`, [], { security_group_id: index }) });
  }
  made.settleWhole();
  return made;
}

function network(index: number): ConfigObject {
  return intent("virtual-network", `n${index}`, [
    to("network-policy", `p${index >> 1}`, { sequence: { major: 0, minor: 0 } }),
  ]);
}

function pairPolicy(pair: number, protocol: string): ConfigObject {
  const rule = {
    direction: "<>",
    protocol,
    src_addresses: [{ virtual_network: `d:p:n${pair * 2}` }],
    dst_addresses: [{ virtual_network: `d:p:n${pair * 2 + 1}` }],
    action_list: { simple_action: "pass" },
  };
  return intent("network-policy", `p${pair}`, [], { network_policy_entries: { policy_rule: [rule] } });
}

/** Changes that concern one or two networks, whatever else there is. */
const CHANGES: Readonly<Record<string, (made: World) => void>> = {
  "a policy of two networks": (made) => made.take({ kind: "put", object: pairPolicy(3, "udp") }),
  "a new network": (made) => made.take({ kind: "put", object: intent("virtual-network", "new") }),
  "a network less": (made) => made.take({ kind: "remove", type: "virtual-network", name: "n7" }),
  "a group": (made) => made.take({ kind: "put", object: intent("security-group", "g5", [], { security_group_id: 9 }) }),
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
    process.stderr.write(
      `transformer cost of ${title} among ${SIZES.join(", ")} networks: ${costs.join(", ")} rules run\n`,
    );
    expect(new Set(costs).size, title).toBe(1);
    expect(costs[0], title).toBeLessThan(40);
  }
});
