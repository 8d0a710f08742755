import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { renderFrr } from "./frr.ts";
import { renderFrrInterfaces } from "./frr-interfaces.ts";
import { renderJunos } from "./junos.ts";
import { readGateway } from "./read-gateway.ts";
import { graphOf, PUBLIC, plainWorld, vrouters } from "./testing/gateway-objects.ts";

/*
 * The files are read by people beside the sources that docs/gateways.md names; what real FRR makes of its own is in
 * test/interop/gateways.test.ts.
 */
function golden(name: string): string {
  return readFileSync(new URL(`../../../deploy/gateways/examples/${name}`, import.meta.url), "utf8");
}

const KEY = { auth_data: { key_type: "md5", key_items: [{ key_id: 0, key: "s3cret/Key" }] } };

describe("Junos", () => {
  test("an MX in the AS of the control nodes, MPLSoUDP, a public network and two of a tenant", () => {
    const gateway = readGateway(graphOf(plainWorld("juniper")), "gw1");
    expect(renderJunos(gateway, { secrets: false })).toBe(golden("junos-udp.conf"));
  });

  test("an MX of another, four-octet AS, MPLSoGRE, a key and session options", () => {
    const options = { hold_time: 30, address_families: { family: ["route-target", "inet-vpn"] }, ...KEY };
    const objects = [
      ...plainWorld("juniper", { autonomous_system: 4_200_000_001 }, options),
      vrouters({ encapsulation_priorities: { encapsulation: ["VXLAN", "MPLSoGRE", "MPLSoUDP"] } }),
    ];
    const gateway = readGateway(graphOf(objects), "gw1");
    expect(renderJunos(gateway, { secrets: false })).toBe(golden("junos-gre-external.conf"));
  });
});

describe("FRR", () => {
  test("a VRF device for each network", () => {
    const gateway = readGateway(graphOf(plainWorld("frr")), "gw1");
    expect(renderFrr(gateway, { secrets: false, mainTable: undefined })).toBe(golden("frr-vrfs.conf"));
    expect(renderFrrInterfaces(gateway, undefined)).toBe(golden("frr-vrfs-interfaces.sh"));
  });

  test("the public network in the main table, another AS, a key and session options", () => {
    const options = { hold_time: 30, ...KEY };
    const gateway = readGateway(graphOf(plainWorld("frr", { autonomous_system: 65_001 }, options)), "gw1");
    const mainTable = PUBLIC.join(":");
    expect(renderFrr(gateway, { secrets: false, mainTable })).toBe(golden("frr-main-table.conf"));
    expect(renderFrrInterfaces(gateway, mainTable)).toBe(golden("frr-main-table-interfaces.sh"));
  });
});
