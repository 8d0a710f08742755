import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@contrail/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SETTINGS } from "../config.ts";
import { type ConfigNode, startConfigNode } from "../start.ts";
import { PROJECT } from "../testing/running-node.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-trusted-"));
const LISTEN = { restListen: "127.0.0.1:0", introspectListen: "127.0.0.1:0", trustedListen: "127.0.0.1:0" };
let node: ConfigNode;

beforeAll(async () => {
  node = await start({ trustedSources: "10.0.0.0/8,127.0.0.1" });
});
afterAll(async () => {
  await node.stop();
  rmSync(directory, { recursive: true });
});

function start(settings: object, dataDir = directory): Promise<ConfigNode> {
  const parsed = SETTINGS.parse({ dataDir, logLevel: "silent", ...LISTEN, ...settings });
  return startConfigNode(parsed, new AbortController().signal);
}

type Side = "rest" | "trusted";

async function call(
  side: Side,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; text: string }> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`http://${node[side]?.endpoints[0]}${path}`, { method, ...init });
  return { status: response.status, text: await response.text() };
}

async function create(side: Side, name: string, more: object = {}): Promise<string> {
  const body = { "network-policy": { fq_name: [...PROJECT, name], ...more } };
  const { status, text } = await call(side, "POST", "/network-policys", body);
  expect(status, text).toBe(200);
  return JSON.parse(text)["network-policy"].uuid;
}

describe("a stock plugin on the trusted listener", () => {
  test("removes what it has made, though it says that another has", async () => {
    const uuid = await create("trusted", "own", { id_perms: { enable: true, creator: "operator" } });
    const shown = JSON.parse((await call("rest", "GET", `/network-policy/${uuid}`)).text)[
      "network-policy"
    ] as JsonObject;
    expect(shown.id_perms).toMatchObject({ creator: "stock-plugin" });
    expect((await call("trusted", "DELETE", `/network-policy/${uuid}`)).status).toBe(200);
  });

  test("reads and changes what another one has marked, and may not remove it; that is counted", async () => {
    const uuid = await create("rest", "marked", { id_perms: { enable: true, creator: "operator" } });
    const path = `/network-policy/${uuid}`;
    expect((await call("trusted", "GET", path)).status).toBe(200);
    expect((await call("trusted", "PUT", path, { "network-policy": { display_name: "x" } })).status).toBe(200);
    const name = `network-policy ${[...PROJECT, "marked"].join(":")}`;
    const text = `Delete when the object is reserved: ${name} was made by operator`;
    expect(await call("trusted", "DELETE", path)).toEqual({ status: 409, text });
    const metrics = await (await fetch(`http://${node.introspect.endpoints[0]}/metrics`)).text();
    expect(metrics).toMatch(/^contrail_config_reserved_total 1$/m);
    expect((await call("rest", "DELETE", path)).status).toBe(200);
  });

  test("removes what nobody has marked, and nothing that the system needs", async () => {
    const uuid = await create("rest", "unmarked");
    expect((await call("trusted", "DELETE", `/network-policy/${uuid}`)).status).toBe(200);
    const body = { type: "virtual-network", fq_name: [...PROJECT, "dci-network"] };
    const { uuid: needed } = JSON.parse((await call("trusted", "POST", "/fqname-to-id", body)).text);
    expect((await call("trusted", "DELETE", `/virtual-network/${needed}`)).status).toBe(409);
  });
});

test("a first synchronisation that removes all it does not know leaves what the system and others have made", async () => {
  await create("rest", "operators", { id_perms: { enable: true, creator: "operator" } });
  await create("trusted", "plugins");
  const types = ["network-policy", "virtual-network", "security-group", "network-ipam", "project", "domain"];
  const list = async (type: string): Promise<{ uuid: string; fq_name: string[] }[]> =>
    JSON.parse((await call("trusted", "GET", `/${type}s`)).text)[`${type}s`];
  const names = async (): Promise<string[]> => {
    const lists = await Promise.all(types.map(list));
    return lists.flatMap((items, index) => items.map(({ fq_name }) => `${types[index]} ${fq_name.join(":")}`));
  };
  const before = await names();
  const statuses = new Set<number>();
  for (const type of types) {
    for (const { uuid } of await list(type)) statuses.add((await call("trusted", "DELETE", `/${type}/${uuid}`)).status);
  }
  expect(statuses).toEqual(new Set([200, 409]));
  expect(before.filter((name) => name.endsWith(":plugins"))).toHaveLength(1);
  expect(await names()).toEqual(before.filter((name) => !name.endsWith(":plugins")));
});

describe("sources", () => {
  test("that are not named are refused", async () => {
    const other = mkdtempSync(join(tmpdir(), "contrail-trusted-"));
    const strict = await start({ trustedSources: "10.0.0.0/8,::1" }, other);
    const response = await fetch(`http://${strict.trusted?.endpoints[0]}/`);
    expect([response.status, await response.text()]).toEqual([403, "127.0.0.1 is not one of the trusted sources"]);
    await strict.stop();
    rmSync(other, { recursive: true });
  });

  test.each([
    ["", /needs --trusted-sources/],
    ["everybody", /everybody is no address/],
    ["10.0.0.0/33", /no prefix/],
  ])("%j is no list of them: the node does not start", async (trustedSources, text) => {
    const other = mkdtempSync(join(tmpdir(), "contrail-trusted-"));
    await expect(start({ trustedSources }, other)).rejects.toThrow(text);
    rmSync(other, { recursive: true });
  });
});
