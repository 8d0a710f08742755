import { type JsonObject, parseJson } from "@contrail/schema";
import { expect, test } from "vitest";
import { type ExportOptions, exportedObject, yamlText } from "./exported.ts";
import { readDocuments } from "./read-documents.ts";

const PLAIN: ExportOptions = { uuids: false, isDerivedTarget: () => false };
const NETWORK = parseJson(`{
  "uuid": "u1", "fq_name": ["d", "p", "n"], "name": "n", "href": "x", "parent_type": "project", "parent_uuid": "u0",
  "display_name": "n", "virtual_network_network_id": 4, "port_security_enabled": true, "mtu": 1400,
  "id_perms": {"enable": true, "user_visible": true, "created": "then", "uuid": {"uuid_mslong": 1, "uuid_lslong": 2}},
  "perms2": {"owner": "cloud-admin", "owner_access": 7, "global_access": 0, "share": []},
  "network_ipam_refs": [{"to": ["d", "p", "i"], "uuid": "u2", "href": "x",
    "attr": {"ipam_subnets": [{"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 24}, "subnet_uuid": "s1"}]}}],
  "network_policy_refs": [{"to": ["d", "p", "q"], "uuid": "u3", "attr": null}],
  "routing_instances": [{"to": ["d", "p", "n", "n"], "uuid": "u4"}],
  "instance_ip_back_refs": [{"to": ["i"], "uuid": "u5"}]
}`) as JsonObject;

test("what is read-only, derived, usual or the server's is left out", () => {
  expect(exportedObject("virtual-network", NETWORK, PLAIN)).toEqual({
    fq_name: ["d", "p", "n"],
    mtu: 1400,
    network_ipam_refs: [
      { to: ["d", "p", "i"], attr: { ipam_subnets: [{ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 24 } }] } },
    ],
    network_policy_refs: [{ to: ["d", "p", "q"] }],
  });
});

test("with uuids, the object's and those of its subnets are kept", () => {
  const shown = exportedObject("virtual-network", NETWORK, { ...PLAIN, uuids: true });
  expect(shown).toMatchObject({ uuid: "u1", network_ipam_refs: [{ attr: { ipam_subnets: [{ subnet_uuid: "s1" }] } }] });
});

test("references to what the system makes by itself are left out", () => {
  const shown = exportedObject("virtual-network", NETWORK, { ...PLAIN, isDerivedTarget: (uuid) => uuid === "u3" });
  expect(shown).not.toHaveProperty("network_policy_refs");
});

test("permissions and names that are not the usual ones are kept", () => {
  const id_perms = { enable: false, description: "off", user_visible: true, created: "then" };
  const perms2 = { owner: "me", owner_access: 7, global_access: 0, share: [] };
  const shown = exportedObject("domain", { fq_name: ["d"], display_name: "D", id_perms, perms2 }, PLAIN);
  expect(shown).toEqual({ fq_name: ["d"], display_name: "D", id_perms: { enable: false, description: "off" }, perms2 });
});

test("the parent's type is told where the name does not tell it", () => {
  const port = { fq_name: ["d", "p", "i"], parent_type: "project" };
  expect(exportedObject("virtual-machine-interface", port, PLAIN)).toEqual(port);
  expect(exportedObject("virtual-machine", port, PLAIN)).toEqual(port);
  expect(exportedObject("policy-management", { fq_name: ["m"], parent_type: "config-root" }, PLAIN)).toEqual({
    fq_name: ["m"],
  });
});

test("the YAML of objects is read as these objects, names on one line, words that look like numbers quoted", () => {
  const objects = [
    ["domain", { fq_name: ["yes", "1"], display_name: "0x10", n: 18_446_744_073_709_551_615n }],
    ["project", { fq_name: ["d", "p: q"], list: [{ a: 1, b: [] }] }],
  ] as const;
  const text = yamlText(objects);
  expect(readDocuments(text, "f")).toEqual(objects.map(([type, content]) => ({ type, content })));
  expect(text).toContain('fq_name: [yes, "1"]');
});
