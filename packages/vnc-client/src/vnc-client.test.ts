import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@contrail/schema";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { etagOf, VncClient } from "./vnc-client.ts";

/** What the API got, and what it is to answer next. */
interface Call {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly body: string;
  readonly ifMatch: string | undefined;
}
let calls: Call[] = [];
let answer: { readonly status: number; readonly text: string } = { status: 200, text: "{}" };

let directory: string;
let server: Server;
let client: VncClient;
const others: Server[] = [];

async function take(request: IncomingMessage): Promise<void> {
  const body = Buffer.concat(await request.toArray()).toString();
  calls.push({ method: request.method, path: request.url, body, ifMatch: request.headers["if-match"] });
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-vnc-"));
  const socketPath = join(directory, "api");
  server = createServer((request, response) => {
    void take(request).then(() => {
      response.statusCode = answer.status;
      response.end(answer.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  client = new VncClient({ socketPath });
});

beforeEach(() => {
  calls = [];
});

afterAll(() => {
  for (const one of [server, ...others]) one.close();
  rmSync(directory, { recursive: true });
});

function answering(status: number, value: unknown): void {
  answer = { status, text: typeof value === "string" ? value : JSON.stringify(value) };
}

test("a created object's uuid is the answer's", async () => {
  answering(200, { "virtual-network": { uuid: "u1" } });
  expect(await client.create("virtual-network", { fq_name: ["d", "p", "n"] })).toBe("u1");
  const body = '{"virtual-network":{"fq_name":["d","p","n"]}}';
  expect(calls).toMatchObject([{ method: "POST", path: "/virtual-networks", body }]);
});

test("64-bit integers are sent and read whole", async () => {
  const text = '{"virtual-network":{"id_perms":{"uuid":{"uuid_mslong":18446744073709551615,"uuid_lslong":-1}}}}';
  answering(200, text);
  const { id_perms } = await client.read("virtual-network", "u1");
  expect(id_perms?.uuid).toEqual({ uuid_mslong: 18_446_744_073_709_551_615n, uuid_lslong: -1n });
  await client.update("virtual-network", "u1", { id_perms });
  expect(calls[1]?.body).toBe(text);
});

test("a 64-bit field is a bigint however small its value is, in reads and in every list", async () => {
  const id_perms = { enable: true, uuid: { uuid_mslong: 1, uuid_lslong: 2 } };
  const wide = { enable: true, uuid: { uuid_mslong: 1n, uuid_lslong: 2n } };
  answering(200, { domain: { id_perms } });
  expect(await client.read("domain", "u1")).toEqual({ id_perms: wide });
  answering(200, { domains: [{ domain: { id_perms } }] });
  expect(await client.list("domain", true)).toEqual([{ id_perms: wide }]);
  expect(await client.readAll("domain", { uuids: ["u1"] })).toEqual([{ id_perms: wide }]);
  answering(200, { domains: [{ uuid: "u1", id_perms }] });
  for await (const page of client.pages("domain", ["id_perms"])) expect(page).toEqual([{ uuid: "u1", id_perms: wide }]);
});

test("fields that the model does not know are kept", async () => {
  answering(200, { domain: { uuid: "u1", of_a_newer_server: { deep: [1] } } });
  const object: JsonObject = await client.read("domain", "u1");
  expect(object.of_a_newer_server).toEqual({ deep: [1] });
});

test("an update for one state of an object names it, and is refused for another", async () => {
  answering(200, { domain: { uuid: "u1", id_perms: { last_modified: "2026-01-01T00:00:00.000000" } } });
  const ifMatch = etagOf(await client.read("domain", "u1"));
  answering(412, "it is another");
  const update = client.update("domain", "u1", { display_name: "d" }, { ifMatch });
  await expect(update).rejects.toMatchObject({ code: "vnc.precondition_failed" });
  expect(calls[1]?.ifMatch).toBe('"2026-01-01T00:00:00.000000"');
});

test.each([
  [400, "vnc.bad_request"],
  [403, "vnc.permission_denied"],
  [404, "vnc.not_found"],
  [409, "vnc.conflict"],
  [412, "vnc.precondition_failed"],
  [503, "vnc.unavailable"],
  [302, "vnc.unavailable"],
])("an answer of %i rejects as %s with the server's text", async (status, code) => {
  answering(status, "the server's words");
  await expect(client.remove("virtual-network", "u1")).rejects.toMatchObject({ code, message: "the server's words" });
});

test("a name that is not there is undefined, any other refusal of the question is an error", async () => {
  answering(404, "Name not found");
  expect(await client.find("virtual-network", ["d", "p", "n"])).toBeUndefined();
  answering(400, "Bad type");
  await expect(client.find("virtual-network", ["d", "p", "n"])).rejects.toMatchObject({ code: "vnc.bad_request" });
});

test("an object that is there is not created again", async () => {
  answering(200, { uuid: "u1" });
  expect(await client.ensure("virtual-network", { fq_name: ["d", "p", "n"] })).toBe("u1");
  expect(calls.map(({ path }) => path)).toEqual(["/fqname-to-id"]);
});

test("a list gives objects whole or by identity", async () => {
  answering(200, { "virtual-networks": [{ uuid: "u1" }] });
  expect(await client.list("virtual-network")).toEqual([{ uuid: "u1" }]);
  answering(200, { "virtual-networks": [{ "virtual-network": { uuid: "u1", display_name: "n" } }] });
  expect(await client.list("virtual-network", true)).toEqual([{ uuid: "u1", display_name: "n" }]);
  expect(calls.map(({ path }) => path)).toEqual(["/virtual-networks?detail=false", "/virtual-networks?detail=true"]);
});

test("a reference is named from both ends", async () => {
  answering(200, {});
  const attr = { sequence: { major: 1, minor: 0 } };
  await client.updateReference(
    "ADD",
    { type: "virtual-network", uuid: "1" },
    { type: "network-policy", uuid: "2" },
    attr,
  );
  expect(calls[0]).toMatchObject({ method: "POST", path: "/ref-update" });
  expect(JSON.parse(calls[0]?.body ?? "")).toEqual({
    operation: "ADD",
    type: "virtual-network",
    uuid: "1",
    "ref-type": "network-policy",
    "ref-uuid": "2",
    attr,
  });
});

/** An API that does as it likes with an answer; gives its socket. */
async function answeringBy(handle: (path: string, response: ServerResponse) => void): Promise<string> {
  const socketPath = join(directory, `api-${calls.length}-${others.length}`);
  const other = createServer((incoming, response) => handle(incoming.url ?? "", response));
  others.push(other);
  await new Promise<void>((resolve) => other.listen(socketPath, resolve));
  return socketPath;
}

test("an answer that comes drop by drop ends at the deadline", async () => {
  const socketPath = await answeringBy((_path, response) => {
    const drip = setInterval(() => response.write(" "), 5);
    response.on("close", () => clearInterval(drip));
  });
  const call = new VncClient({ socketPath }, { deadlineMs: 200 }).read("virtual-network", "u1");
  await expect(call).rejects.toMatchObject({ code: "vnc.unavailable", message: expect.stringContaining("0.2 s") });
});

test("a server that says nothing at all is left after the idle time", async () => {
  const socketPath = await answeringBy(() => undefined);
  const call = new VncClient({ socketPath }, { idleMs: 100 }).read("virtual-network", "u1");
  await expect(call).rejects.toMatchObject({ code: "vnc.unavailable", message: expect.stringContaining("0.1 s") });
});

test("an answer that is larger than it may be is cut off", async () => {
  let closed = false;
  const socketPath = await answeringBy((_path, response) => {
    const flood = setInterval(() => response.write("x".repeat(10_000)), 1);
    response.on("close", () => {
      clearInterval(flood);
      closed = true;
    });
  });
  const call = new VncClient({ socketPath }, { limitBytes: 100_000 }).read("virtual-network", "u1");
  await expect(call).rejects.toMatchObject({ code: "vnc.too_large", message: expect.stringContaining("100000 bytes") });
  await expect.poll(() => closed).toBe(true);
});

test("pages get smaller where objects are too large for one answer, and none is left out", async () => {
  const all = Array.from({ length: 30 }, (_, index) => `u${String(index).padStart(2, "0")}`);
  const socketPath = await answeringBy((path, response) => {
    const query = new URL(path, "http://any").searchParams;
    const marker = query.get("page_marker") ?? "";
    const page = all.filter((uuid) => uuid > marker).slice(0, Number(query.get("page_limit")));
    const objects = page.map((uuid) => ({ uuid, display_name: "x".repeat(1_000) }));
    response.end(JSON.stringify({ "virtual-networks": objects, marker: page.length === 0 ? null : page.at(-1) }));
  });
  const bounded = new VncClient({ socketPath }, { limitBytes: 5_000 });
  const seen: unknown[] = [];
  for await (const page of bounded.pages("virtual-network", ["display_name"], 16)) {
    seen.push(...page.map(({ uuid }) => uuid));
  }
  expect(seen).toEqual(all);
  const tight = new VncClient({ socketPath }, { limitBytes: 500 });
  await expect(tight.pages("virtual-network", [], 16).next()).rejects.toMatchObject({ code: "vnc.too_large" });
});

test("an API that is not there is unavailable, and the text says so", async () => {
  const nowhere = new VncClient({ socketPath: join(directory, "nothing") });
  await expect(nowhere.read("virtual-network", "u1")).rejects.toMatchObject({
    code: "vnc.unavailable",
    message: expect.stringContaining("the configuration API cannot be reached"),
  });
});
