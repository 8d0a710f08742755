import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { VncClient } from "./vnc-client.ts";

/** What the API got, and what it is to answer next. */
interface Call {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly body: string;
}
let calls: Call[] = [];
let answer: { readonly status: number; readonly text: string } = { status: 200, text: "{}" };

let directory: string;
let server: Server;
let client: VncClient;

async function take(request: IncomingMessage): Promise<void> {
  const body = Buffer.concat(await request.toArray()).toString();
  calls.push({ method: request.method, path: request.url, body });
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
  server.close();
  rmSync(directory, { recursive: true });
});

function answering(status: number, value: unknown): void {
  answer = { status, text: typeof value === "string" ? value : JSON.stringify(value) };
}

test("a created object's uuid is the answer's", async () => {
  answering(200, { "virtual-network": { uuid: "u1" } });
  expect(await client.create("virtual-network", { fq_name: ["d", "p", "n"] })).toBe("u1");
  const body = '{"virtual-network":{"fq_name":["d","p","n"]}}';
  expect(calls).toEqual([{ method: "POST", path: "/virtual-networks", body }]);
});

test("64-bit integers are sent and read whole", async () => {
  answering(200, '{"virtual-network":{"id":18446744073709551615}}');
  expect(await client.read("virtual-network", "u1")).toEqual({ id: 18_446_744_073_709_551_615n });
  await client.update("virtual-network", "u1", { id: 18_446_744_073_709_551_615n });
  expect(calls[1]?.body).toBe('{"virtual-network":{"id":18446744073709551615}}');
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
  await client.updateReference("ADD", { type: "a", uuid: "1" }, { type: "b", uuid: "2" }, { sequence: null });
  expect(calls[0]).toMatchObject({ method: "POST", path: "/ref-update" });
  expect(JSON.parse(calls[0]?.body ?? "")).toEqual({
    operation: "ADD",
    type: "a",
    uuid: "1",
    "ref-type": "b",
    "ref-uuid": "2",
    attr: { sequence: null },
  });
});

test("an API that is not there is unavailable, and the text says so", async () => {
  const nowhere = new VncClient({ socketPath: join(directory, "nothing") });
  await expect(nowhere.read("virtual-network", "u1")).rejects.toMatchObject({
    code: "vnc.unavailable",
    message: expect.stringContaining("the configuration API cannot be reached"),
  });
});
