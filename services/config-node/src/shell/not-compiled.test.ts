import { expect, test } from "vitest";
import { PROJECT, useNode } from "../testing/running-node.ts";

const node = useNode();
const notes = async () => (await node.status()).notes;

test("the node's status says what is stored and has no effect, also after a restart", async () => {
  expect(await notes()).toEqual([]);
  const firewall = await node.create("firewall-policy", [...PROJECT, "web"], { parent_type: "project" });
  const policy = await node.create("network-policy", [...PROJECT, "at-night"]);
  const attr = { sequence: { major: 0, minor: 0 }, timer: { start_time: "22:00", end_time: "06:00" } };
  const network_policy_refs = [{ uuid: policy, attr }];
  const network = await node.create("virtual-network", [...PROJECT, "timed"], { network_policy_refs });
  const expected = [
    expect.stringMatching(/^firewall policies by tags are stored and not compiled: 1 /),
    expect.stringMatching(/timers of policies are left out.*default-domain:default-project:timed$/),
  ];
  expect(await notes()).toEqual(expected);
  await node.restart();
  expect(await notes()).toEqual(expected);
  await node.remove("firewall-policy", firewall);
  await node.update("virtual-network", network, { network_policy_refs: [] });
  expect(await notes()).toEqual([]);
});
