import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type CliRun, contrail } from "./cli-run.ts";
import { ConfigNodeProcess } from "./config-node-process.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-gateway-"));
const socketPath = join(directory, "config-rest.sock");
const node = new ConfigNodeProcess(["--rest-socket", socketPath]);
const client = new VncClient({ socketPath });
const DEADLINE = { timeout: 60_000, interval: 100 };
const SYSTEM = "default-global-system-config";
const FABRIC = "default-domain:default-project:ip-fabric:__default__";
const IPAM = "default-domain:default-project:default-network-ipam";
const KEY = "s3cret/Key";

const GATEWAY = `
bgp-router:
  fq_name: ${FABRIC}:gw1
  parent_type: routing-instance
  bgp_router_parameters:
    router_type: router
    address: 172.30.30.2
    identifier: 172.30.30.2
    autonomous_system: 64512
    auth_data: {key_type: md5, key_items: [{key_id: 0, key: ${KEY}}]}
  bgp_router_refs: [{to: "${FABRIC}:control1", attr: {session: []}}]
`;
const CONTROL = `
bgp-router:
  fq_name: ${FABRIC}:control1
  parent_type: routing-instance
  bgp_router_parameters: {router_type: control-node, address: 172.30.11.2, identifier: 172.30.11.2, port: 179, autonomous_system: 64512}
`;
const NETWORKS = `
- project: {fq_name: "default-domain:shop"}
- virtual-network:
    fq_name: default-domain:shop:web
    network_ipam_refs: [{to: "${IPAM}", attr: {ipam_subnets: [{subnet: {ip_prefix: 10.77.0.0, ip_prefix_len: 24}}]}}]
- virtual-router: {fq_name: "${SYSTEM}:host1", virtual_router_ip_address: 172.30.1.2}
`;
const DEVICE = `
physical-router:
  fq_name: ${SYSTEM}:gw1
  physical_router_vendor_name: juniper
  bgp_router_refs: [{to: "${FABRIC}:gw1"}]
  virtual_network_refs: [{to: "default-domain:shop:web"}]
`;

async function apply(yaml: string): Promise<void> {
  const { code, stderr } = await contrail(directory, ["api", "apply", "-f", "-"], { input: yaml });
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

const render = (...more: string[]): Promise<CliRun> =>
  contrail(directory, ["gateway", "render", "--router", "gw1", ...more]);

/** Renders until the transformer has made what the networks need. */
async function rendered(...more: string[]): Promise<string> {
  return vi.waitFor(async () => {
    const { code, stdout, stderr } = await render(...more);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout;
  }, DEADLINE);
}

beforeAll(() => node.run());

afterAll(async () => {
  await node.stop();
  rmSync(directory, { recursive: true });
});

test("each text of what is missing leads to the next step", async () => {
  expect(await render()).toMatchObject({ code: 1, stderr: expect.stringContaining("contrail api create bgp-router") });
  await vi.waitFor(async () => {
    expect(await client.find("routing-instance", FABRIC.split(":"))).toBeDefined();
  }, DEADLINE);
  await apply(CONTROL);
  await apply(GATEWAY);
  expect(await render()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("contrail api create physical-router"),
  });
});

test("what the system makes of the objects stands in the text, and no key", async () => {
  await apply(NETWORKS);
  await apply(DEVICE);
  const text = await rendered();
  const [uuid = ""] = [await client.find("virtual-network", ["default-domain", "shop", "web"])];
  const number = (await client.read("virtual-network", uuid)).virtual_network_network_id;
  const name = `contrail-${number}-web`;
  expect(text).toContain(`routing-instances ${name} route-distinguisher 172.30.30.2:${number}\n`);
  expect(text).toMatch(/community contrail-target-64512-(8[0-9]{6}) members target:64512:\1\n/);
  expect(text).toContain("dynamic-tunnels contrail udp\n");
  expect(text).toContain("destination-networks 172.30.1.2/32\n");
  expect(text).toContain("neighbor 172.30.11.2 family inet-vpn unicast\n");
  expect(text).not.toContain(KEY);
  expect(await rendered("--secrets")).toContain(`authentication-key "${KEY}"\n`);
});

test("the same objects make FRR's texts, all of them as JSON too, and equal ones each time", async () => {
  const text = await rendered("--kind", "frr", "--main-table", "default-domain:shop:web");
  expect(text).toMatch(/^vni [0-9]+$/m);
  expect(text).toContain("neighbor 172.30.11.2 password FILL-IN-THE-KEY\n");
  const interfaces = await rendered("--kind", "frr", "--interfaces");
  const all = JSON.parse(await rendered("--kind", "frr", "--main-table", "default-domain:shop:web", "--json"));
  expect(all).toMatchObject({ router: `${FABRIC}:gw1`, kind: "frr", notes: [] });
  expect(all.files.map(({ name }: { name: string }) => name)).toEqual(["frr.conf", "interfaces.sh"]);
  expect(all.files[0].text).toBe(text);
  expect(interfaces).toContain("type vrf table");
  expect(await rendered("--kind", "frr", "--interfaces")).toBe(interfaces);
});

test("a change of the configuration is in the next text", async () => {
  const add =
    "virtual-network: {fq_name: default-domain:shop:web, route_target_list: {route_target: [target:64512:77]}}";
  await apply(add);
  await vi.waitFor(async () => expect(await rendered()).toContain("members target:64512:77\n"), DEADLINE);
  await apply("virtual-network: {fq_name: default-domain:shop:web, router_external: true}");
  expect(await rendered()).toContain("firewall family inet filter contrail-public-inet");
  await apply(DEVICE.replace("juniper", "other"));
  expect(await render()).toMatchObject({ code: 1, stderr: expect.stringContaining("--kind frr or --kind junos") });
});
