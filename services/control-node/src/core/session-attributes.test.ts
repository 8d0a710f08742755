import type { ConfigObject, JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { sessionOptions } from "./session-attributes.ts";

function router(name: string, refs: ConfigObject["refs"] = []): ConfigObject {
  return {
    uuid: `uuid-${name}`,
    type: "bgp-router",
    fqName: ["default-domain", "default-project", "ip-fabric", "__default__", name],
    parentType: "routing-instance",
    parentUuid: "fabric",
    revision: 1n,
    refs,
    properties: {},
    derived: false,
    epoch: 0n,
  };
}

/** Two routers, the gateway referring to ours with these session attributes. */
function pair(...attributes: readonly JsonObject[]) {
  const own = router("control1");
  const attr = { session: [{ uuid: "s", attributes: [...attributes] }] };
  const ref = { toType: "bgp-router", toUuid: own.uuid, toFqName: [...own.fqName], attr };
  return { own, gateway: router("gateway", [ref]) };
}

test("every option of a session is read, from either end of the reference", () => {
  const { own, gateway } = pair({
    address_families: { family: ["inet-vpn", "route-target", "erm-vpn"] },
    hold_time: 30,
    passive: true,
    admin_down: true,
    local_autonomous_system: 65_100,
    loop_count: 2,
    as_override: true,
    private_as_action: "remove-all",
    route_origin_override: { origin_override: true, origin: "EGP" },
    bgp_role: "customer",
    bgp_role_strict: true,
    auth_data: { key_type: "md5", key_items: [{ key_id: 7, key: "new" }, { key_id: 3, key: "old" }, { key_id: 1 }] },
    ttl_security_hops: 2,
    family_attributes: [
      { address_family: "inet-vpn", loop_count: 3, prefix_limit: { maximum: 1_000, idle_timeout: 60 } },
      { address_family: "inet6", prefix_limit: { maximum: 10 } },
    ],
  });
  const expected = {
    families: ["route-target", "inet-vpn"],
    holdTimeMs: 30_000,
    passive: true,
    adminDown: true,
    localAs: 65_100,
    loopCount: 2,
    familyLoopCounts: { "inet-vpn": 3 },
    prefixLimits: { "inet-vpn": { maximum: 1_000, holdDownMs: 60_000 }, inet6: { maximum: 10, holdDownMs: 0 } },
    asOverride: true,
    privateAs: "remove-all",
    routeOrigin: 1,
    role: "customer",
    strictRole: true,
    md5Key: "old",
    ttlSecurityHops: 2,
  };
  expect(sessionOptions(own, gateway)).toEqual(expected);
  expect(sessionOptions(gateway, own)).toEqual(expected);
});

test("what names one router counts there alone, and before what is for both", () => {
  const { own, gateway } = pair(
    { bgp_router: router("control1").fqName.join(":"), loop_count: 5 },
    { bgp_router: "gateway", passive: true },
    { bgp_router: "", loop_count: 1, as_override: true },
    { bgp_router: null, hold_time: 60 },
  );
  expect(sessionOptions(own, gateway)).toEqual({ loopCount: 5, asOverride: true, holdTimeMs: 60_000 });
  expect(sessionOptions(gateway, own)).toEqual({ loopCount: 1, asOverride: true, passive: true, holdTimeMs: 60_000 });
});

test.each<[JsonObject, unknown]>([
  [{ origin_override: true, origin: "IGP" }, 0],
  [{ origin_override: true, origin: "INCOMPLETE" }, 2],
  [{ origin_override: true }, 2],
  [{ origin_override: false, origin: "EGP" }, "as-said"],
  [{ origin: "EGP" }, undefined],
])("the ORIGIN that %j gives routes is %j", (route_origin_override, routeOrigin) => {
  const { own, gateway } = pair({ route_origin_override });
  expect(sessionOptions(own, gateway).routeOrigin).toBe(routeOrigin);
});

test.each<[string, JsonObject]>([
  ["an unknown action", { private_as_action: "forget" }],
  ["an unknown role", { bgp_role: "friend" }],
  ["a loop count beyond 16", { loop_count: 17 }],
  ["a hold time of 0, which is the default", { hold_time: 0 }],
  ["texts for flags", { passive: "yes", as_override: 1 }],
  ["families that we do not have at all", { family_attributes: [{ address_family: "erm-vpn", loop_count: 1 }] }],
  ["what is no list", { family_attributes: "inet" }],
  ["a limit of nothing", { family_attributes: [{ address_family: "inet", prefix_limit: { maximum: 0 } }] }],
])("%s is passed over", (_what, attributes) => {
  const { own, gateway } = pair(attributes);
  expect(sessionOptions(own, gateway)).toEqual({});
});

test("routers without a reference, or without attributes on it, have no options", () => {
  expect(sessionOptions(router("a"), router("b"))).toEqual({});
  const own = router("control1");
  const ref = { toType: "bgp-router", toUuid: own.uuid, toFqName: ["x"], attr: null };
  expect(sessionOptions(own, router("gateway", [ref]))).toEqual({});
});
