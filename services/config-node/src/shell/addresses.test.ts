import type { JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { PROJECT, textsOf, useNode } from "../testing/running-node.ts";

const node = useNode();

async function address(name: string, network: string, more: object = {}): Promise<string> {
  const uuid = await node.create("instance-ip", [name], { virtual_network_refs: [{ uuid: network }], ...more });
  return String((await node.read("instance-ip", uuid)).instance_ip_address);
}

async function subnet(network: string): Promise<JsonObject> {
  const [ref] = (await node.read("virtual-network", network)).network_ipam_refs as { attr: JsonObject }[];
  return ((ref?.attr.ipam_subnets ?? []) as JsonObject[])[0] ?? {};
}

function post(name: string, network: string, more: object = {}) {
  const body = { fq_name: [name], virtual_network_refs: [{ uuid: network }], ...more };
  return node.call("POST", "/instance-ips", { "instance-ip": body });
}

test("a subnet gets its uuid, gateway and service address; what was given is kept, also 0.0.0.0", async () => {
  expect(await subnet(await node.createNetwork("s1", "10.1.0.0/24"))).toMatchObject({
    subnet_uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    default_gateway: "10.1.0.254",
    dns_server_address: "10.1.0.253",
    enable_dhcp: true,
  });
  expect(await subnet(await node.createNetwork("s2", "10.1.1.0/24", { addr_from_start: true }))).toMatchObject({
    default_gateway: "10.1.1.1",
    dns_server_address: "10.1.1.2",
  });
  const given = { default_gateway: "0.0.0.0", dns_server_address: "10.1.2.9", subnet_name: "mine" };
  expect(await subnet(await node.createNetwork("s3", "10.1.2.0/24", given))).toMatchObject(given);
  const beside = await node.createNetwork("s4", "10.1.3.0/24", { default_gateway: "10.1.3.253" });
  expect(await subnet(beside)).toMatchObject({ dns_server_address: "10.1.3.254" });
});

test("a subnet that comes back without its uuid keeps it, where prefix and length match", async () => {
  const network = await node.createNetwork("keep", "10.2.0.0/24");
  const before = (await subnet(network)).subnet_uuid;
  const refTo = (ipam_subnets: object[]): object => ({
    network_ipam_refs: [{ to: [...PROJECT, "default-network-ipam"], attr: { ipam_subnets } }],
  });
  const same = { subnet: { ip_prefix: "10.2.0.0", ip_prefix_len: 24 } };
  const end = await node.busEnd();
  expect((await node.update("virtual-network", network, refTo([same]))).status).toBe(200);
  expect((await subnet(network)).subnet_uuid).toBe(before);
  expect(await node.busEnd()).toBe(end);
  const other = { subnet: { ip_prefix: "10.2.1.0", ip_prefix_len: 24 } };
  await node.update("virtual-network", network, refTo([other, same]));
  expect(((await subnet(network)) as JsonObject).subnet_uuid).not.toBe(before);
});

test("addresses come from the end, or from the start where the subnet says so; reserved ones are left out", async () => {
  const end = await node.createNetwork("from-end", "10.3.0.0/24");
  expect([await address("e1", end), await address("e2", end)]).toEqual(["10.3.0.252", "10.3.0.251"]);
  const start = await node.createNetwork("from-start", "10.3.1.0/24", { addr_from_start: true });
  expect([await address("b1", start), await address("b2", start)]).toEqual(["10.3.1.3", "10.3.1.4"]);
  const pools = await node.createNetwork("pools", "10.3.2.0/24", {
    addr_from_start: true,
    allocation_pools: [
      { start: "10.3.2.40", end: "10.3.2.41" },
      { start: "10.3.2.20", end: "10.3.2.20" },
    ],
  });
  const given = [await address("p1", pools), await address("p2", pools), await address("p3", pools)];
  expect(given).toEqual(["10.3.2.20", "10.3.2.40", "10.3.2.41"]);
  expect((await post("p4", pools)).status).toBe(409);
});

test("in a network without subnets an instance-ip has no address; ip-alloc and a floating-ip say so", async () => {
  const network = await node.create("virtual-network", [...PROJECT, "subnetless"]);
  const uuid = await node.create("instance-ip", ["subnetless-1"], { virtual_network_refs: [{ uuid: network }] });
  expect(await node.read("instance-ip", uuid)).not.toHaveProperty("instance_ip_address");
  const text = "Virtual-Network(default-domain:default-project:subnetless) has no defined subnet(s)";
  expect(await node.call("POST", `/virtual-network/${network}/ip-alloc`, {})).toMatchObject({ status: 404, text });
  await node.create("floating-ip-pool", [...PROJECT, "subnetless", "pool"]);
  const body = { fq_name: [...PROJECT, "subnetless", "pool", "ip"], parent_type: "floating-ip-pool" };
  expect(await node.call("POST", "/floating-ips", { "floating-ip": body })).toMatchObject({ status: 404, text });
});

test("a /29 gives four addresses at once to as many clients, each once, then says that it is exhausted", async () => {
  const network = await node.createNetwork("small", "10.9.0.0/29");
  const names = ["a", "b", "c", "d", "e", "f"].map((name) => `small-${name}`);
  const answers = await Promise.all(names.map((name) => post(name, network)));
  const made = answers.filter(({ status }) => status === 200).map(({ text }) => JSON.parse(text)["instance-ip"].uuid);
  const shown = await Promise.all(made.map((uuid) => node.read("instance-ip", uuid)));
  expect(shown.map((item) => item.instance_ip_address).sort()).toEqual([
    "10.9.0.1",
    "10.9.0.2",
    "10.9.0.3",
    "10.9.0.4",
  ]);
  const title = "Virtual-Network(default-domain:default-project:small)";
  for (const refused of answers.filter(({ status }) => status !== 200)) {
    expect([refused.status, refused.text]).toEqual([409, `${title} has exhausted subnet(all)`]);
  }
  expect((await node.remove("instance-ip", String(made[0]))).status).toBe(200);
  expect((await post("small-again", network)).status).toBe(200);
});

describe("a requested address", () => {
  test("is given, also the gateway's, and only once", async () => {
    const network = await node.createNetwork("asked", "10.4.0.0/24");
    expect(await address("asked-1", network, { instance_ip_address: "10.4.0.17" })).toBe("10.4.0.17");
    expect(await address("asked-gw", network, { instance_ip_address: "10.4.0.254" })).toBe("10.4.0.254");
    const again = await post("asked-2", network, { instance_ip_address: "10.4.0.17" });
    const title = "Virtual-Network(default-domain:default-project:asked)";
    expect([again.status, again.text]).toEqual([409, `IP address already in use: 10.4.0.17 in ${title}`]);
  });

  test.each<[string, object, number, RegExp]>([
    ["outside every subnet", { instance_ip_address: "11.0.0.1" }, 400, /^instance_ip_address: .*does not lie in/],
    ["no address of IPv6 either", { instance_ip_address: "zz:" }, 400, /^instance_ip_address: zz: is no IPv6 address/],
    ["no address", { instance_ip_address: "ten" }, 400, /^instance_ip_address: ten is no IPv4 address/],
    ["of an unknown subnet", { subnet_uuid: "nobody" }, 404, /has no defined subnet\(nobody\)/],
    ["IPv6 in a network without", { instance_ip_family: "v6" }, 404, /has no defined subnet\(s\)$/],
  ])("%s is refused, and nothing stays claimed", async (what, more, status, text) => {
    const network = await node.createNetwork(`refused ${what}`, "10.5.0.0/24");
    const answer = await post(`refused-${what}`, network, more);
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(text)]);
    expect(await node.json("POST", `/virtual-network/${network}/subnet-ip-count`, await subnetList(network))).toEqual({
      ip_count_list: [0],
    });
  });

  test("cannot be changed later: it is ignored in an update, as is its subnet", async () => {
    const network = await node.createNetwork("fixed", "10.6.0.0/24");
    const uuid = await node.create("instance-ip", ["fixed-1"], { virtual_network_refs: [{ uuid: network }] });
    const before = await node.read("instance-ip", uuid);
    await node.update("instance-ip", uuid, { instance_ip_address: "10.6.0.9", subnet_uuid: "x" });
    expect(await node.read("instance-ip", uuid)).toEqual(before);
    const other = await node.createNetwork("fixed-other", "10.6.1.0/24");
    const moved = await node.update("instance-ip", uuid, { virtual_network_refs: [{ uuid: other }] });
    expect([moved.status, moved.text]).toEqual([400, expect.stringMatching(/^virtual_network_refs/)]);
  });
});

describe("an address is one object's in a network, also where", () => {
  const ipam = [...PROJECT, "default-network-ipam"];
  const withSubnet = (ip_prefix: string): object => ({
    network_ipam_refs: [{ to: ipam, attr: { ipam_subnets: [{ subnet: { ip_prefix, ip_prefix_len: 24 } }] } }],
  });

  test("the network has no subnet", async () => {
    const network = await node.create("virtual-network", [...PROJECT, "bare"]);
    expect(await address("bare-1", network, { instance_ip_address: "10.10.0.5" })).toBe("10.10.0.5");
    expect((await post("bare-2", network, { instance_ip_address: "10.10.0.5" })).status).toBe(409);
    expect(await address("bare-3", network, { instance_ip_address: "::a0a:5" })).toBe("::a0a:5");
    expect((await post("bare-4", network, { instance_ip_address: "::0a0a:5" })).status).toBe(409);
  });

  test("the network gets its subnet later", async () => {
    const network = await node.create("virtual-network", [...PROJECT, "later"]);
    await address("later-1", network, { instance_ip_address: "10.10.1.252" });
    expect((await node.update("virtual-network", network, withSubnet("10.10.1.0"))).status).toBe(200);
    expect((await post("later-2", network, { instance_ip_address: "10.10.1.252" })).status).toBe(409);
    expect(await address("later-3", network)).toBe("10.10.1.251");
  });

  test("it gets its network later", async () => {
    const network = await node.createNetwork("after", "10.10.2.0/24");
    await address("after-1", network, { instance_ip_address: "10.10.2.5" });
    const loose = await node.create("instance-ip", ["after-2"], { instance_ip_address: "10.10.2.5" });
    const refs = { virtual_network_refs: [{ uuid: network }] };
    expect((await node.update("instance-ip", loose, refs)).status).toBe(409);
  });

  test("it leaves its network and goes to another", async () => {
    const [from, to] = [
      await node.createNetwork("from", "10.10.3.0/24"),
      await node.createNetwork("to", "10.10.3.0/24"),
    ];
    await address("to-1", to, { instance_ip_address: "10.10.3.5" });
    const uuid = await node.create("instance-ip", ["from-1"], {
      virtual_network_refs: [{ uuid: from }],
      instance_ip_address: "10.10.3.5",
    });
    expect((await node.update("instance-ip", uuid, { virtual_network_refs: [] })).status).toBe(200);
    expect((await node.update("instance-ip", uuid, { virtual_network_refs: [{ uuid: to }] })).status).toBe(409);
    expect((await node.update("instance-ip", uuid, { virtual_network_refs: [{ uuid: from }] })).status).toBe(200);
  });
});

async function subnetList(network: string): Promise<object> {
  return { subnet_list: [(await subnet(network)).subnet_uuid] };
}

describe("ip-alloc and ip-free", () => {
  test("give addresses that no object gets, and take them back", async () => {
    const network = await node.createNetwork("alloc", "10.7.0.0/29");
    const path = `/virtual-network/${network}`;
    const { ip_addr } = await node.json("POST", `${path}/ip-alloc`, { count: 3, subnet: null, family: "v4" });
    expect(ip_addr).toEqual(["10.7.0.4", "10.7.0.3", "10.7.0.2"]);
    expect(await address("alloc-1", network)).toBe("10.7.0.1");
    expect(await node.json("POST", `${path}/subnet-ip-count`, await subnetList(network))).toEqual({
      ip_count_list: [4],
    });
    await node.json("POST", `${path}/ip-free`, { ip_addr: ["10.7.0.3", "10.7.0.1", "9.9.9.9"] });
    expect(await address("alloc-2", network)).toBe("10.7.0.3");
    expect((await post("alloc-3", network)).status).toBe(409);
  });

  test("of many addresses in a network of many subnets reads the subnets once", async () => {
    const ipam_subnets = Array.from({ length: 6_000 }, (_, index) => ({
      subnet: { ip_prefix: `10.${index >> 8}.${index & 255}.0`, ip_prefix_len: 24 },
    }));
    const network = await node.create("virtual-network", [...PROJECT, "many-subnets"], {
      network_ipam_refs: [{ to: [...PROJECT, "default-network-ipam"], attr: { ipam_subnets } }],
    });
    const { ip_addr } = await node.json("POST", `/virtual-network/${network}/ip-alloc`, { count: 1_024 });
    expect(new Set(textsOf(ip_addr)).size).toBe(1_024);
  });

  test("of more than there are gives none", async () => {
    const network = await node.createNetwork("alloc-none", "10.7.1.0/29");
    const path = `/virtual-network/${network}/ip-alloc`;
    expect((await node.call("POST", path, { count: 5 })).status).toBe(409);
    expect(textsOf((await node.json("POST", path, { count: 4 })).ip_addr)).toHaveLength(4);
  });

  test.each<[string, object, number]>([
    ["ip-alloc", { count: 0 }, 400],
    ["ip-alloc", { count: "many" }, 400],
    ["ip-alloc", { family: "v6" }, 404],
    ["ip-alloc", { family: "v5" }, 400],
    ["ip-alloc", { subnet: "nobody" }, 404],
    ["ip-free", { ip_addr: ["ten"] }, 400],
    ["ip-free", { ip_addr: [1] }, 400],
    ["ip-free", {}, 400],
    ["subnet-ip-count", { subnet_list: ["nobody"] }, 404],
  ])("%s %j is a %i", async (action, body, status) => {
    const network = await node.createNetwork(`bad ${action} ${JSON.stringify(body)}`, "10.7.2.0/24");
    expect((await node.call("POST", `/virtual-network/${network}/${action}`, body)).status).toBe(status);
  });
});

describe("subnets are refused where they", () => {
  test.each<[string, object[], RegExp]>([
    ["are no prefix", [{ subnet: { ip_prefix: "10.0.0", ip_prefix_len: 24 } }], /^subnet: 10\.0\.0\/24 is no prefix/],
    ["are no prefix of IPv6", [{ subnet: { ip_prefix: "fd00:::zz", ip_prefix_len: 64 } }], /^subnet: fd00:::zz/],
    ["are too long for IPv6", [{ subnet: { ip_prefix: "fd00::", ip_prefix_len: 129 } }], /^subnet: fd00::\/129/],
    ["are too long", [{ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 33 } }], /^subnet: 10\.0\.0\.0\/33/],
    [
      "overlap",
      [
        { subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 16 } },
        { subnet: { ip_prefix: "10.0.7.0", ip_prefix_len: 24 } },
      ],
      /Overlapping addresses: \['10\.0\.0\.0\/16', '10\.0\.7\.0\/24'\]/,
    ],
    [
      "have a gateway that is none",
      [{ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 24 }, default_gateway: "up" }],
      /^default_gateway: up/,
    ],
    [
      "have a pool outside",
      [
        {
          subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 24 },
          allocation_pools: [{ start: "10.0.1.1", end: "10.0.1.2" }],
        },
      ],
      /^allocation_pools/,
    ],
  ])("%s", async (what, ipam_subnets, text) => {
    const network_ipam_refs = [{ to: [...PROJECT, "default-network-ipam"], attr: { ipam_subnets } }];
    const body = { "virtual-network": { fq_name: [...PROJECT, what], network_ipam_refs } };
    const answer = await node.call("POST", "/virtual-networks", body);
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(text)]);
  });

  test("go while an address of theirs is in use", async () => {
    const network = await node.createNetwork("lossy", "10.8.0.0/24");
    const used = await node.create("instance-ip", ["lossy-1"], { virtual_network_refs: [{ uuid: network }] });
    const drop = () => node.update("virtual-network", network, { network_ipam_refs: [] });
    const refused = await drop();
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringMatching(/^Cannot Delete IP Block\(10\.8\.0\.0\/24\).*10\.8\.0\.252/),
    ]);
    await node.remove("instance-ip", used);
    expect((await drop()).status).toBe(200);
  });
});

test("an interface gets a MAC from its uuid, one that is given is put into its usual form", async () => {
  const uuid = "0a1b2c3d-4e5f-4000-8000-000000000001";
  const more = { parent_type: "project" };
  await node.create("virtual-machine-interface", [...PROJECT, "mac-1"], { ...more, uuid });
  const macs = async (id: string) =>
    (await node.read("virtual-machine-interface", id)).virtual_machine_interface_mac_addresses;
  expect(await macs(uuid)).toEqual({ mac_address: ["02:0a:1b:2c:3d:4e"] });
  const given = await node.create("virtual-machine-interface", [...PROJECT, "mac-2"], {
    ...more,
    virtual_machine_interface_mac_addresses: { mac_address: ["02-AB-cd-00-00-01"] },
  });
  expect(await macs(given)).toEqual({ mac_address: ["02:ab:cd:00:00:01"] });
});

test("network ids and group ids are unique, and stay", async () => {
  const ids = new Set<unknown>();
  for (const name of ["id-1", "id-2", "id-3"]) {
    const uuid = await node.create("virtual-network", [...PROJECT, name]);
    await node.update("virtual-network", uuid, { virtual_network_network_id: 1, mtu: 1500 });
    ids.add((await node.read("virtual-network", uuid)).virtual_network_network_id);
  }
  expect(ids.size).toBe(3);
  const group = await node.create("security-group", [...PROJECT, "id-group"]);
  expect((await node.read("security-group", group)).security_group_id).toBeGreaterThanOrEqual(8_000_000);
});

test("what was allocated is taken after a restart, what was freed is free", async () => {
  const network = await node.createNetwork("restart", "10.10.0.0/29");
  const names = ["r1", "r2", "r3"];
  const uuids = await Promise.all(
    names.map((name) => node.create("instance-ip", [name], { virtual_network_refs: [{ uuid: network }] })),
  );
  await node.remove("instance-ip", String(uuids[0]));
  const before = await Promise.all(uuids.slice(1).map((uuid) => node.read("instance-ip", uuid)));
  await node.restart();
  const taken = before.map((item) => item.instance_ip_address);
  const fresh = [await address("r4", network), await address("r5", network)];
  expect(new Set([...taken, ...fresh]).size).toBe(4);
  expect((await post("r6", network)).status).toBe(409);
});

describe("IPv6", () => {
  const ipam = [...PROJECT, "default-network-ipam"];
  const subnetted = (name: string, ...ipam_subnets: object[]) =>
    node.create("virtual-network", [...PROJECT, name], { network_ipam_refs: [{ to: ipam, attr: { ipam_subnets } }] });
  const prefix = (ip_prefix: string, ip_prefix_len: number, more: object = {}): object => ({
    subnet: { ip_prefix, ip_prefix_len },
    ...more,
  });

  test("a subnet gets gateway and service address from the end, or from the start, and keeps its uuid", async () => {
    const end = await subnetted("six-end", prefix("fd00:1::", 64));
    expect(await subnet(end)).toMatchObject({
      default_gateway: "fd00:1::ffff:ffff:ffff:fffe",
      dns_server_address: "fd00:1::ffff:ffff:ffff:fffd",
    });
    const { subnet_uuid } = await subnet(end);
    const attr = { ipam_subnets: [prefix("FD00:1:0:0::", 64)] };
    await node.update("virtual-network", end, { network_ipam_refs: [{ to: ipam, attr }] });
    expect(await subnet(end)).toMatchObject({ subnet_uuid });
    const start = await subnetted("six-start", prefix("fd00:2::", 64, { addr_from_start: true }));
    expect(await subnet(start)).toMatchObject({ default_gateway: "fd00:2::1", dns_server_address: "fd00:2::2" });
    expect([await address("six-1", start), await address("six-2", start)]).toEqual(["fd00:2::3", "fd00:2::4"]);
    expect(await address("six-3", end)).toBe("fd00:1::ffff:ffff:ffff:fffc");
  });

  test("beside IPv4 it is given where it is asked for, by family or subnet; otherwise IPv4 is", async () => {
    const network = await subnetted(
      "dual",
      prefix("10.20.0.0", 24),
      prefix("fd00:3::", 120, { addr_from_start: true }),
    );
    const [, six] = await subnetsOf(network);
    expect(await address("dual-1", network)).toBe("10.20.0.252");
    expect(await address("dual-2", network, { instance_ip_family: "v6" })).toBe("fd00:3::3");
    expect(await address("dual-3", network, { subnet_uuid: String(six?.subnet_uuid) })).toBe("fd00:3::4");
    const path = `/virtual-network/${network}`;
    const taken = await node.json("POST", `${path}/ip-alloc`, { count: 2, family: "v6" });
    expect(taken).toEqual({ ip_addr: ["fd00:3::5", "fd00:3::6"] });
    const count = () => node.json("POST", `${path}/subnet-ip-count`, { subnet_list: [String(six?.subnet_uuid)] });
    expect(await count()).toEqual({ ip_count_list: [4] });
    await node.json("POST", `${path}/ip-free`, { ip_addr: ["fd00:3:0:0::5"] });
    expect(await count()).toEqual({ ip_count_list: [3] });
  });

  test("one that is asked for is one object's, in its usual form, and lies in a subnet", async () => {
    const network = await subnetted("six-asked", prefix("fd00:4::", 64));
    const given = "FD00:4::0:00ab";
    expect(await address("six-asked-1", network, { instance_ip_address: given })).toBe("fd00:4::ab");
    const again = await post("six-asked-2", network, { instance_ip_address: "fd00:4::ab" });
    expect([again.status, again.text]).toEqual([409, expect.stringMatching(/^IP address already in use: fd00:4::ab/)]);
    const outside = await post("six-asked-3", network, { instance_ip_address: "fd00:5::1" });
    expect([outside.status, outside.text]).toEqual([400, expect.stringMatching(/does not lie in a subnet/)]);
    const drop = await node.update("virtual-network", network, { network_ipam_refs: [] });
    expect([drop.status, drop.text]).toEqual([409, expect.stringMatching(/IP Block\(fd00:4::\/64\).*fd00:4::ab/)]);
  });

  test("overlapping subnets, pools outside and gateways of IPv4 are refused", async () => {
    const refused = async (...ipam_subnets: object[]): Promise<string> => {
      const network_ipam_refs = [{ to: ipam, attr: { ipam_subnets } }];
      const body = { "virtual-network": { fq_name: [...PROJECT, "six-bad"], network_ipam_refs } };
      const { status, text } = await node.call("POST", "/virtual-networks", body);
      return `${status} ${text}`;
    };
    expect(await refused(prefix("fd00:6::", 48), prefix("fd00:6:0:1::", 64))).toMatch(/^400 .*Overlapping addresses/);
    const pools = { allocation_pools: [{ start: "fd00:8::1", end: "fd00:8::9" }] };
    expect(await refused(prefix("fd00:7::", 64, pools))).toMatch(/^400 allocation_pools/);
    expect(await refused(prefix("fd00:7::", 64, { default_gateway: "10.0.0.1" }))).toMatch(
      /^400 default_gateway.*IPv6/,
    );
  });

  async function subnetsOf(network: string): Promise<JsonObject[]> {
    const [ref] = (await node.read("virtual-network", network)).network_ipam_refs as { attr: JsonObject }[];
    return (ref?.attr.ipam_subnets ?? []) as JsonObject[];
  }
});
