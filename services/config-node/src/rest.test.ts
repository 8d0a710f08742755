import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SETTINGS } from "./config.ts";
import { type ConfigNode, startConfigNode } from "./start.ts";

let directory: string;
let node: ConfigNode;
let base: string;

async function start(): Promise<void> {
  const settings = SETTINGS.parse({
    dataDir: directory,
    restListen: "127.0.0.1:0",
    introspectListen: "127.0.0.1:0",
    logLevel: "silent",
  });
  node = await startConfigNode(settings, new AbortController().signal);
  base = `http://${node.rest.endpoints[0]}`;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-rest-"));
  await start();
});

afterAll(async () => {
  await node.stop();
  rmSync(directory, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly etag: string | null;
}

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(base + path, { method, ...(body === undefined ? {} : { body: text }) });
  return { status: response.status, text: await response.text(), etag: response.headers.get("etag") };
}

async function create(type: string, fqName: readonly string[], more: object = {}): Promise<string> {
  const { status, text } = await call("POST", `/${type}s`, { [type]: { fq_name: fqName, ...more } });
  expect(status, text).toBe(200);
  return JSON.parse(text)[type].uuid;
}

async function read(type: string, uuid: string): Promise<Record<string, unknown>> {
  return JSON.parse((await call("GET", `/${type}/${uuid}`)).text)[type];
}

const PROJECT = ["default-domain", "default-project"];

test("a project has its default security group when its creation is answered", async () => {
  const uuid = await create("project", ["default-domain", "p1"]);
  expect(await read("project", uuid)).toMatchObject({ security_groups: [{ to: ["default-domain", "p1", "default"] }] });
});

test("a name, a uuid and a missing parent are refused in the API's words", async () => {
  const uuid = await create("virtual-network", [...PROJECT, "taken"]);
  const again = await call("POST", "/virtual-networks", { "virtual-network": { fq_name: [...PROJECT, "taken"] } });
  expect(again).toMatchObject({
    status: 409,
    text: `['default-domain', 'default-project', 'taken'] already exists with uuid: ${uuid}`,
  });
  const same = await call("POST", "/virtual-networks", { "virtual-network": { fq_name: [...PROJECT, "other"], uuid } });
  expect(same.status).toBe(409);
  const orphan = { "virtual-network": { fq_name: ["default-domain", "nowhere", "n"] } };
  expect(await call("POST", "/virtual-networks", orphan)).toMatchObject({ status: 400 });
  expect(await call("GET", "/virtual-network/null")).toMatchObject({ status: 404 });
});

test("an update that changes nothing keeps the ETag; an object can be put back as it was read", async () => {
  const uuid = await create("virtual-network", [...PROJECT, "same"]);
  const path = `/virtual-network/${uuid}`;
  const before = await call("GET", path);
  expect(await call("PUT", path, before.text)).toMatchObject({ status: 200, etag: before.etag });
  const renamed = await call("PUT", path, { "virtual-network": { display_name: "renamed" } });
  expect(renamed.etag).not.toBe(before.etag);
});

test("addresses are unique, gateway and service address are kept back, and a deleted one is free again", async () => {
  const subnet = { subnet: { ip_prefix: "10.9.0.0", ip_prefix_len: 29 } };
  const network_ipam_refs = [{ to: [...PROJECT, "default-network-ipam"], attr: { ipam_subnets: [subnet] } }];
  const network = await create("virtual-network", [...PROJECT, "small"], { network_ipam_refs });
  const virtual_network_refs = [{ uuid: network }];
  const uuids = await Promise.all(
    ["a", "b", "c", "d"].map((name) => create("instance-ip", [name], { virtual_network_refs })),
  );
  const shown = await Promise.all(uuids.map((uuid) => read("instance-ip", uuid)));
  const addresses = shown.map((object) => object.instance_ip_address).sort();
  expect(addresses).toEqual(["10.9.0.1", "10.9.0.2", "10.9.0.3", "10.9.0.4"]);
  const fifth = { "instance-ip": { fq_name: ["e"], virtual_network_refs } };
  const full = await call("POST", "/instance-ips", fifth);
  expect(full).toMatchObject({ status: 409, text: expect.stringContaining("has exhausted subnet(all)") });
  expect((await call("DELETE", `/virtual-network/${network}`)).text).toMatch(
    /^Delete when resource still referred: \[/,
  );
  expect((await call("DELETE", `/instance-ip/${uuids[0]}`)).status).toBe(200);
  expect((await call("POST", "/instance-ips", fifth)).status).toBe(200);
});

describe("hostile bodies get a 4xx, and nothing is written", () => {
  const wrap = (inner: string) => `{"virtual-network":{"fq_name":["default-domain","default-project","bad"],${inner}}}`;
  test.each<[string, string]>([
    ["no JSON", "{"],
    ["NaN", wrap('"mtu":NaN')],
    ["nested 100,000 deep", "[".repeat(100_000)],
    ["a number beyond 64 bits", wrap('"mtu":1e400')],
    ["half a surrogate pair", wrap('"display_name":"\\ud800"')],
    ["an unknown field of a complex type", wrap('"virtual_network_properties":{"colour":1}')],
    ["a reference to nothing", wrap('"network_policy_refs":[{"to":["a","b","c"]}]')],
    ["over 1 MiB", wrap(`"display_name":"${"x".repeat(1 << 20)}"`)],
    ["a list in place of the object", '{"virtual-network":[]}'],
    ["a wrong uuid", wrap('"uuid":"../../x"')],
  ])("%s", async (_what, body) => {
    const { status } = await call("POST", "/virtual-networks", body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    const name = { type: "virtual-network", fq_name: [...PROJECT, "bad"] };
    expect((await call("POST", "/fqname-to-id", name)).status).toBe(404);
  });

  test("any JSON to any action never gives a 5xx", async () => {
    const paths = ["/virtual-networks", "/fqname-to-id", "/ref-update", "/list-bulk-collection", "/useragent-kv"];
    const all = [...paths, "/prop-collection-update", "/id-to-fqname"];
    const keys = ["uuid", "type", "fq_name", "virtual-network", "updates", "operation", "ref-type", "key", "fields"];
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...all), body, async (path, value) => {
        expect((await call("POST", path, JSON.stringify(value))).status).toBeLessThan(500);
      }),
      { numRuns: 500 },
    );
  });
});

test("what was answered is there after a restart, and the boot adds nothing", async () => {
  const uuid = await create("virtual-network", [...PROJECT, "durable"]);
  const groups = (await call("GET", "/security-groups?count=True")).text;
  await node.stop();
  await start();
  expect(await read("virtual-network", uuid)).toMatchObject({ uuid, fq_name: [...PROJECT, "durable"] });
  expect((await call("GET", "/security-groups?count=True")).text).toBe(groups);
});
