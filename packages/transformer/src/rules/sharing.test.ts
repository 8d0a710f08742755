import type { JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { chainNetwork, chainPolicy, service, servicePort, template } from "../model/services.model.ts";
import { intent, to, World } from "../model/world.model.ts";

/** A service of a project "other" with interfaces in the networks a and b, which are of project "p". */
function foreign(perms2: JsonObject = {}): World {
  const made = service("s", "transparent");
  const tuple = intent("port-tuple", "s/1");
  const ip = intent("instance-ip", "ip", [to("virtual-machine-interface", "s__left__1")], {
    instance_ip_address: "10.1.0.5",
  });
  const moved = (port: string, network: string) => {
    const vmi = servicePort(port, network, undefined, "vm");
    const ref = { toType: "port-tuple", toUuid: tuple.uuid, toFqName: ["d", "other", "s", "1"], attr: null };
    return { ...vmi, refs: [...vmi.refs, ref] };
  };
  return new World().put(
    template("transparent"),
    { ...made, fqName: ["d", "other", "s"], properties: { ...made.properties, perms2 } },
    { ...tuple, fqName: ["d", "other", "s", "1"] },
    moved("s__left__1", "a"),
    moved("s__right__1", "b"),
    ip,
    chainNetwork("a", ["q"], 1),
    chainNetwork("b", ["q"], 2),
  );
}

/** The same name in the rules of the networks' policy. */
const through = { action_list: { simple_action: "pass", apply_service: ["d:other:s"] } };
const mirroring = { action_list: { simple_action: "pass", mirror_to: { analyzer_name: "d:other:s" } } };

describe.each<[string, JsonObject, boolean]>([
  ["of another project", {}, false],
  ["that others may only read", { global_access: 4 }, false],
  ["that everybody may refer to", { global_access: 5 }, true],
  ["that is shared with the project", { share: [{ tenant: "project:P", tenant_access: 7 }] }, true],
  ["that is shared with another project", { share: [{ tenant: "q", tenant_access: 7 }] }, false],
  ["that the project may only read", { share: [{ tenant: "p", tenant_access: 4 }] }, false],
])("a service %s", (_what, perms2, isUsable) => {
  test("takes traffic into a chain only where it may be used", () => {
    const world = foreign(perms2).put(chainPolicy("q", "a", "b", [], through));
    world.settleWhole();
    const instances = [...world.derived.keys()].filter((key) => key.includes(":service-"));
    expect(instances).toHaveLength(isUsable ? 2 : 0);
    expect(world.transformer.desiredLinks().size).toBe(isUsable ? 2 : 0);
  });

  test("gets mirrored packets and routes only where it may be used", () => {
    const table = intent("route-table", "t", [], {
      routes: { route: [{ prefix: "10.7.0.0/16", next_hop: "d:other:s" }] },
    });
    const world = foreign(perms2).put(
      chainPolicy("q", "c", "b", [], mirroring),
      table,
      intent("virtual-network", "c", [
        to("route-table", "t"),
        to("network-policy", "q", { sequence: { major: 0, minor: 0 } }),
      ]),
    );
    const entries = world.wanted("access-control-list", "d:p:c:c")?.properties.access_control_list_entries;
    const { acl_rule } = entries as unknown as { acl_rule: { action_list: JsonObject }[] };
    expect(acl_rule[0]?.action_list.mirror_to !== undefined).toBe(isUsable);
    const connected = world.wanted("routing-instance", "d:p:c:c")?.refs.map(({ toFqName }) => toFqName.join(":"));
    expect(connected?.includes("d:p:a:a")).toBe(isUsable);
    const routes = world.wanted("routing-instance", "d:p:a:a")?.properties.static_route_entries;
    expect(routes !== undefined).toBe(isUsable);
  });
});
