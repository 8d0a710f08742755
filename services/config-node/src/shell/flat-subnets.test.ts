import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { PROJECT, useNode } from "../testing/running-node.ts";

const node = useNode();

const subnet = (prefix: string, more: object = {}) => {
  const [ip_prefix, length] = prefix.split("/");
  return { subnet: { ip_prefix, ip_prefix_len: Number(length) }, ...more };
};

async function flatIpam(name: string, ...subnets: readonly object[]): Promise<string> {
  const properties = { ipam_subnet_method: "flat-subnet", ipam_subnets: { subnets } };
  return node.create("network-ipam", [...PROJECT, name], properties);
}

/** A network that refers to IPAMs, each with subnets of its own. */
function network(name: string, ipams: readonly (readonly [uuid: string, ...own: object[]])[], more: object = {}) {
  const network_ipam_refs = ipams.map(([uuid, ...own]) => ({ uuid, attr: { ipam_subnets: own } }));
  return node.create("virtual-network", [...PROJECT, name], { network_ipam_refs, ...more });
}

let count = 0;

function ask(of: string, more: object = {}) {
  const body = { fq_name: [`flat-${++count}`], virtual_network_refs: [{ uuid: of }], ...more };
  return node.call("POST", "/instance-ips", { "instance-ip": body });
}

async function given(of: string, more: object = {}): Promise<JsonObject> {
  const answer = await ask(of, more);
  expect(answer.status, answer.text).toBe(200);
  const made = (JSON.parse(answer.text) as Record<string, JsonObject>)["instance-ip"];
  return node.read("instance-ip", String(made?.uuid));
}

const addressIn = async (of: string, more: object = {}) => (await given(of, more)).instance_ip_address;

const flatSubnets = async (ipam: string) =>
  ((await node.read("network-ipam", ipam)).ipam_subnets as { subnets: JsonObject[] }).subnets;

test("subnets of a flat IPAM get what those of a network get, and keep their uuid", async () => {
  const ipam = await flatIpam("complete", subnet("10.50.0.0/24"));
  const [first] = await flatSubnets(ipam);
  expect(first).toMatchObject({
    subnet_uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    default_gateway: "10.50.0.254",
    dns_server_address: "10.50.0.253",
    enable_dhcp: true,
  });
  const ipam_subnets = { subnets: [subnet("10.50.0.0/24"), subnet("10.50.1.0/24", { addr_from_start: true })] };
  expect((await node.update("network-ipam", ipam, { ipam_subnets })).status).toBe(200);
  const both = await flatSubnets(ipam);
  expect(both[0]?.subnet_uuid).toBe(first?.subnet_uuid);
  expect(both[1]).toMatchObject({ default_gateway: "10.50.1.1" });
});

test("networks that refer to one flat IPAM never get the same address, and each names the subnet", async () => {
  const ipam = await flatIpam("shared", subnet("10.51.0.0/29", { addr_from_start: true }));
  const [one, two] = [await network("flat-one", [[ipam]]), await network("flat-two", [[ipam, {}]])];
  const [first] = await flatSubnets(ipam);
  expect(await given(one)).toMatchObject({ instance_ip_address: "10.51.0.3", subnet_uuid: first?.subnet_uuid });
  expect(await addressIn(two)).toBe("10.51.0.4");
  expect(await ask(two, { instance_ip_address: "10.51.0.3" })).toMatchObject({
    status: 409,
    text: expect.stringContaining("IP address already in use: 10.51.0.3"),
  });
  const answers = await Promise.all([ask(one), ask(two), ask(one)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 409]);
  expect(answers.find(({ status }) => status === 409)?.text).toMatch(/has exhausted subnet\(all\)$/);
});

test("a flat address goes back to all networks of the IPAM", async () => {
  const ipam = await flatIpam("back", subnet("10.52.0.0/30", { addr_from_start: true, dns_server_address: "0.0.0.0" }));
  const [one, two] = [await network("back-one", [[ipam]]), await network("back-two", [[ipam]])];
  const held = await given(one);
  expect(held.instance_ip_address).toBe("10.52.0.2");
  expect((await ask(two)).status).toBe(409);
  expect((await node.remove("instance-ip", String(held.uuid))).status).toBe(200);
  expect(await addressIn(two)).toBe("10.52.0.2");
});

test.each<[mode: string | undefined, expected: readonly (string | undefined)[]]>([
  [undefined, ["own", "flat", undefined]],
  ["user-defined-subnet-preferred", ["own", "flat", undefined]],
  ["user-defined-subnet-only", ["own", undefined]],
  ["flat-subnet-preferred", ["flat", "own", undefined]],
  ["flat-subnet-only", ["flat", undefined]],
])("address_allocation_mode %s decides which subnets are used, and in which order", async (mode, expected) => {
  const third = ++count;
  const small = { dns_server_address: "0.0.0.0", addr_from_start: true };
  const [flat, own] = [`10.53.${third}.0/30`, `10.54.${third}.0/30`];
  const ipam = await flatIpam(`mode-${third}`, subnet(flat, small));
  const plain = await node.create("network-ipam", [...PROJECT, `plain-${third}`]);
  const more = mode === undefined ? {} : { address_allocation_mode: mode };
  const of = await network(`mode-${third}`, [[plain, subnet(own, small)], [ipam]], more);
  for (const kind of expected) {
    const { status, text } = await ask(of);
    if (kind === undefined) expect([status, text]).toEqual([409, expect.stringContaining("exhausted subnet(all)")]);
    else expect(status, text).toBe(200);
  }
  const ips = (await node.read("virtual-network", of)).instance_ip_back_refs as JsonObject[];
  const held = await Promise.all(ips.map(({ uuid }) => node.read("instance-ip", String(uuid))));
  const kinds = held.map(({ instance_ip_address }) =>
    String(instance_ip_address).startsWith("10.53.") ? "flat" : "own",
  );
  expect(kinds.toSorted()).toEqual(expected.filter((kind) => kind !== undefined).toSorted());
  if (mode === "flat-subnet-only") {
    const asked = await ask(of, { instance_ip_address: `10.54.${third}.2` });
    expect([asked.status, asked.text]).toEqual([400, expect.stringContaining("does not lie in a subnet")]);
  }
});

test("ip-alloc, subnet-ip-count and ip-free know the IPAM's subnets", async () => {
  const ipam = await flatIpam("calls", subnet("10.55.0.0/24"), subnet("fd55::/64"));
  const of = await network("calls", [[ipam]]);
  const [four, six] = await flatSubnets(ipam);
  const path = `/virtual-network/${of}`;
  expect(await node.json("POST", `${path}/ip-alloc`, { count: 2, subnet: four?.subnet_uuid })).toEqual({
    ip_addr: ["10.55.0.252", "10.55.0.251"],
  });
  const taken = (await node.json("POST", `${path}/ip-alloc`, { family: "v6" })).ip_addr as string[];
  expect(taken[0]).toMatch(/^fd55::/);
  const uuids = [four?.subnet_uuid, six?.subnet_uuid];
  expect(await node.json("POST", `${path}/subnet-ip-count`, { subnet_list: uuids })).toEqual({ ip_count_list: [2, 1] });
  expect((await node.call("POST", `${path}/ip-free`, { ip_addr: ["10.55.0.252", ...taken] })).status).toBe(200);
  expect(await node.json("POST", `${path}/subnet-ip-count`, { subnet_list: uuids })).toEqual({ ip_count_list: [1, 0] });
});

test("a subnet in which addresses are held stays: in the IPAM, and in the network that holds them", async () => {
  const ipam = await flatIpam("kept", subnet("10.56.0.0/24"), subnet("10.56.1.0/24"));
  const [holder, other] = [await network("kept-holder", [[ipam]]), await network("kept-other", [[ipam]])];
  expect(await addressIn(holder)).toBe("10.56.0.252");
  const gone = await node.update("network-ipam", ipam, { ipam_subnets: { subnets: [subnet("10.56.1.0/24")] } });
  expect([gone.status, gone.text]).toEqual([
    409,
    "Cannot Delete IP Block(10.56.0.0/24) from Network-Ipam(default-domain:default-project:kept), IP(s) in use: 10.56.0.252",
  ]);
  expect(
    (await node.update("network-ipam", ipam, { ipam_subnets: { subnets: [subnet("10.56.0.0/24")] } })).status,
  ).toBe(200);
  const left = await node.update("virtual-network", holder, { network_ipam_refs: [] });
  expect([left.status, left.text]).toEqual([409, expect.stringContaining("from Virtual-Network(")]);
  expect((await node.update("virtual-network", other, { network_ipam_refs: [] })).status).toBe(200);
});

test("addresses asked for before the IPAM had their subnet are its own from then on; overlaps are refused", async () => {
  const ipam = await flatIpam("later");
  const [one, two] = [await network("later-one", [[ipam]]), await network("later-two", [[ipam]])];
  await given(one, { instance_ip_address: "10.57.0.9" });
  expect(
    (await node.update("network-ipam", ipam, { ipam_subnets: { subnets: [subnet("10.57.0.0/24")] } })).status,
  ).toBe(200);
  expect((await ask(two, { instance_ip_address: "10.57.0.9" })).status).toBe(409);
  const overlapping = { ipam_subnets: { subnets: [subnet("10.57.0.0/24"), subnet("10.57.0.128/25")] } };
  const refused = await node.update("network-ipam", ipam, overlapping);
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("ipam_subnets: Overlapping addresses")]);
  const other = await flatIpam("later-other", subnet("10.57.0.0/25"));
  const body = { fq_name: [...PROJECT, "both"], network_ipam_refs: [{ uuid: ipam }, { uuid: other }] };
  const both = await node.call("POST", "/virtual-networks", { "virtual-network": body });
  expect([both.status, both.text]).toEqual([400, expect.stringContaining("network_ipam_refs: Overlapping addresses")]);
});

test("the check of the store finds nothing wrong with flat addresses", async () => {
  expect(await node.json("POST", "/db-check", {})).toEqual({ results: [], repaired: [] });
});
