import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();

/** Names of what an object refers to. */
function names(object: JsonObject, list: string): string[] {
  const refs = (object[list] ?? []) as readonly { readonly to: readonly string[] }[]; // References of the API.
  return refs.map(({ to }) => to.join(":"));
}

test("a logical router gets its route target, gets it back when a client clears it, and takes it along", async () => {
  const network = [...PROJECT, "routed"];
  const own = await node.createNetwork("routed", "10.20.0.0/24");
  const vmi = await node.create("virtual-machine-interface", [...PROJECT, "routed-port"], {
    parent_type: "project",
    virtual_network_refs: [{ to: network }],
  });
  const router = await node.create("logical-router", [...PROJECT, "router"], {
    virtual_machine_interface_refs: [{ to: [...PROJECT, "routed-port"] }],
  });
  const targets = async () => names(await node.read("logical-router", router), "route_target_refs");
  const [target = ""] = await node.eventually(targets, ({ length }) => length === 1);
  expect(target).toMatch(/^target:64512:8\d{6}$/);
  await node.busEnd();
  const instance = async () => {
    const answer = await node.json("POST", "/fqname-to-id", {
      type: "routing-instance",
      fq_name: [...network, "routed"],
    });
    return names(await node.read("routing-instance", String(answer.uuid)), "route_target_refs");
  };
  expect(await instance()).toContain(target);

  expect((await node.update("logical-router", router, { route_target_refs: [] })).status).toBe(200);
  await node.eventually(targets, ({ length }) => length === 1);
  expect(await targets()).toEqual([target]);

  expect((await node.remove("logical-router", router)).status).toBe(200);
  await node.busEnd();
  expect(await instance()).not.toContain(target);
  const gone = await node.call("POST", "/fqname-to-id", { type: "route-target", fq_name: [target] });
  expect(gone.status).toBe(404);
  expect((await node.remove("virtual-machine-interface", vmi)).status).toBe(200);
  expect((await node.remove("virtual-network", own)).status).toBe(200);
});
