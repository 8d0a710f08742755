import { type JsonObject, parseJson, stringifyJson } from "@contrail/schema";
import { expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();
const JSON_TYPE = { "content-type": "application/json" };
const ADMIN = ["default-domain", "admin"];

/** As CloudStack's Tungsten plugin looks for the address: by both ends of the name, among all. */
async function natAddress(router: string): Promise<JsonObject | undefined> {
  const list = (await node.json("GET", "/instance-ips"))["instance-ips"] as JsonObject[];
  const start = `default-domain__admin__snat_${router}`;
  const found = list.find(({ fq_name }) => {
    const name = String((fq_name as string[]).at(-1));
    return name.startsWith(start) && name.endsWith("right");
  });
  if (found === undefined) return undefined;
  // One that moves to another network is removed and made anew: it may be gone by now.
  const { status, text } = await node.call("GET", `/instance-ip/${String(found.uuid)}`);
  return status === 404 ? undefined : ((parseJson(text) as JsonObject)["instance-ip"] as JsonObject);
}

async function createRouter(name: string, network: string): Promise<string> {
  return node.create("logical-router", [...ADMIN, name], {
    parent_type: "project",
    virtual_network_refs: [{ to: [...PROJECT, network], attr: null }],
  });
}

test("a logical router's address of its external network is there soon, is nobody else's, and goes with the router", async () => {
  await node.create("project", ADMIN);
  const network = await node.createNetwork("outside", "192.0.2.0/29");
  const router = await createRouter("router1", "outside");
  const asked = Date.now();
  const address = await node.eventually(
    () => natAddress(router),
    (found) => found !== undefined,
  );
  process.stderr.write(`source NAT address after ${Date.now() - asked} ms (CloudStack looks after 1,000)\n`);
  expect(address?.instance_ip_address).toMatch(/^192\.0\.2\.[1-6]$/);
  expect(address?.virtual_network_refs).toEqual([expect.objectContaining({ uuid: network })]);

  const other = await createRouter("router2", "outside");
  const second = await node.eventually(
    () => natAddress(other),
    (found) => found !== undefined,
  );
  expect(second?.instance_ip_address).not.toBe(address?.instance_ip_address);

  // The plugin sends a router back as it has read it.
  const read = await node.read("logical-router", router);
  const body = stringifyJson({ "logical-router": read });
  expect((await node.call("PUT", `/logical-router/${router}`, body, JSON_TYPE)).status).toBe(200);
  await node.busEnd();
  expect((await natAddress(router))?.instance_ip_address).toBe(address?.instance_ip_address);

  expect(await node.remove("logical-router", router)).toMatchObject({ status: 200, text: "" });
  await node.busEnd();
  expect(await natAddress(router)).toBeUndefined();
  const count = await node.json("POST", `/virtual-network/${network}/subnet-ip-count`, {
    subnet_list: [
      (
        ((await node.read("virtual-network", network)).network_ipam_refs as JsonObject[])[0] as {
          attr: { ipam_subnets: JsonObject[] };
        }
      ).attr.ipam_subnets[0]?.subnet_uuid,
    ],
  });
  expect(count).toEqual({ ip_count_list: [1] });
  for (const type of ["service-instance", "route-table"]) {
    expect(await node.json("GET", `/${type}s?count=True`), type).toEqual({ [`${type}s`]: { count: 1 } });
  }
  expect(await node.remove("logical-router", other)).toMatchObject({ status: 200 });
  expect(await node.remove("virtual-network", network)).toMatchObject({ status: 200, text: "" });
});

test("an exhausted external network has no address for a router until one is free", async () => {
  const network = await node.createNetwork("full", "192.0.2.64/30", {
    default_gateway: "192.0.2.65",
    dns_server_address: "192.0.2.65",
  });
  const taken = await node.create("instance-ip", ["last"], { virtual_network_refs: [{ uuid: network }] });
  const router = await createRouter("router3", "full");
  await node.eventually(
    () => node.read("logical-router", router),
    (read) => read.service_instance_refs !== undefined,
  );
  expect(await natAddress(router)).toBeUndefined();
  expect((await node.remove("instance-ip", taken)).status).toBe(200);
  const address = await node.eventually(
    () => natAddress(router),
    (found) => found !== undefined,
  );
  expect(address?.instance_ip_address).toBe("192.0.2.66");
});

test("a router that gets another external network has its address there", async () => {
  const [first, second] = [
    await node.createNetwork("first", "198.51.100.0/29"),
    await node.createNetwork("second", "203.0.113.0/29"),
  ];
  const router = await createRouter("router4", "first");
  const before = await node.eventually(
    () => natAddress(router),
    (found) => found !== undefined,
  );
  expect(before?.instance_ip_address).toMatch(/^198\.51\.100\./);
  const change = { virtual_network_refs: [{ to: [...PROJECT, "second"], attr: null }] };
  expect((await node.update("logical-router", router, change)).status).toBe(200);
  const isMoved = (found: JsonObject | undefined) => String(found?.instance_ip_address).startsWith("203.0.113.");
  await node.eventually(() => natAddress(router), isMoved);
  expect((await node.remove("virtual-network", first)).status).toBe(200);
  expect((await node.remove("virtual-network", second)).text).toContain("still referred");
  expect((await node.remove("logical-router", router)).status).toBe(200);
  expect((await node.remove("virtual-network", second)).status).toBe(200);
});
