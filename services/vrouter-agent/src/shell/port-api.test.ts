import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@contrail/observability";
import { type HttpListener, serveHttp, systemClock } from "@contrail/runtime";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { interfaceUuid, machine, machineUuid, network, SETTINGS } from "../core/agent-world.model.ts";
import { TableDataPlane } from "../testing/table-data-plane.ts";
import { Agent } from "./agent.ts";
import { createPortApi } from "./port-api.ts";
import { StateFiles } from "./state-files.ts";

let directory: string;
let dataPlane: TableDataPlane;
let agent: Agent;
let listener: HttpListener;

function newAgent(): Agent {
  const files = new StateFiles(directory, silentLogger, () => 0);
  return new Agent({ settings: SETTINGS, dataPlane, files, clock: systemClock, logger: silentLogger });
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-agent-"));
  dataPlane = new TableDataPlane();
  agent = newAgent();
  listener = await serveHttp(createPortApi(agent), ["127.0.0.1:0", `unix:${join(directory, "port.sock")}`]);
});

afterEach(async () => {
  agent.close();
  await listener.close();
  rmSync(directory, { recursive: true });
});

/** What CloudStack's plugin sends (Port.java of the Tungsten API). */
function port(index: number, more: Record<string, unknown> = {}) {
  return {
    id: interfaceUuid(index),
    "instance-id": machineUuid(index),
    "display-name": `i-2-${index}-VM`,
    "ip-address": `10.0.0.${index + 3}`,
    "ip6-address": "None",
    "vn-id": "6b3d6a0e-2b8b-4c2f-9d57-0b8a3c1d5e00",
    "vm-project-id": "6b3d6a0e-2b8b-4c2f-9d57-0b8a3c1d5e01",
    "mac-address": "02:00:00:00:00:00",
    "system-name": `tap${index}`,
    type: 0,
    "rx-vlan-id": -1,
    "tx-vlan-id": -1,
    "vhostuser-mode": 0,
    ...more,
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

async function call(
  method: string,
  path: string,
  body?: string,
  contentType: string | null = "text/plain",
): Promise<Answer> {
  const answer = await fetch(`http://${listener.endpoints[0]}${path}`, {
    method,
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
    headers: contentType === null ? {} : { "content-type": contentType },
  });
  return { status: answer.status, type: answer.headers.get("content-type") ?? "", body: await answer.json() };
}

function viaSocket(method: string, path: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { socketPath: join(directory, "port.sock"), path, method };
    const ask = request(options, async (answer) => resolve(Buffer.concat(await answer.toArray()).toString()));
    ask.on("error", reject);
    ask.end(body);
  });
}

const OK = { status: 200, body: {} };
const FILES = () => readdirSync(join(directory, "ports")).sort();

describe("a port", () => {
  test.each(["text/plain", "text/plain; charset=UTF-8", "application/json", "application/x-www-form-urlencoded", null])(
    "is taken with content type %s, answered with an object, and on disk",
    async (contentType) => {
      expect(await call("POST", "/port", JSON.stringify(port(0)), contentType)).toMatchObject(OK);
      expect(JSON.parse(readFileSync(join(directory, "ports", interfaceUuid(0)), "utf8"))).toMatchObject({
        "system-name": "tap0",
      });
      expect(newAgent().ports()).toEqual(agent.ports());
    },
  );

  test("is shown with what it waits for, by its id in either case", async () => {
    await call("POST", "/port", JSON.stringify(port(0)));
    const expected = {
      status: 200,
      body: { "system-name": "tap0", active: false, "waits-for": "virtual-machine-interface" },
    };
    expect(await call("GET", `/port/${interfaceUuid(0)}`)).toMatchObject(expected);
    expect(await call("GET", `/port/${interfaceUuid(0).toUpperCase()}`)).toMatchObject(expected);
  });

  test("added twice is one port; the later word counts", async () => {
    await call("POST", "/port", JSON.stringify(port(0)));
    expect(await call("POST", "/port", JSON.stringify(port(0)))).toMatchObject(OK);
    expect(await call("POST", "/port", JSON.stringify(port(0, { "system-name": "tap9" })))).toMatchObject(OK);
    expect(agent.ports().map((each) => each["system-name"])).toEqual(["tap9"]);
  });

  test("deleted twice, or unknown, is deleted", async () => {
    await call("POST", "/port", JSON.stringify(port(0)));
    for (let time = 0; time < 2; time++) expect(await call("DELETE", `/port/${interfaceUuid(0)}`)).toMatchObject(OK);
    expect(await call("DELETE", "/port/..%2f..%2fnumbers.json")).toMatchObject(OK);
    expect([agent.ports(), FILES()]).toEqual([[], []]);
  });

  test("in a list comes with the others of it, or none does", async () => {
    expect(await call("POST", "/port", JSON.stringify([port(0), port(1)]))).toMatchObject(OK);
    expect(FILES()).toEqual([interfaceUuid(0), interfaceUuid(1)]);
    const answer = await call("POST", "/port", JSON.stringify([port(2), port(3, { "instance-id": "x" })]));
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining("1.instance-id") } });
    expect(FILES()).toHaveLength(2);
  });

  test("that comes before its configuration gets its rows when that is there, and loses them with the port", async () => {
    await call("POST", "/port", JSON.stringify(port(0)));
    expect(dataPlane.rows.size).toBe(0);
    for (const object of [...network(0), ...machine(0, 0)]) agent.view.put(object);
    agent.completeConfig();
    await agent.settled();
    expect(dataPlane.rowsOf("interface")).toMatchObject([{ device: "tap0" }]);
    expect(await call("GET", `/port/${interfaceUuid(0)}`)).toMatchObject({ body: { active: true, "waits-for": null } });
    await call("DELETE", `/port/${interfaceUuid(0)}`);
    expect([...dataPlane.rows.keys()].filter((key) => !key.startsWith("settings"))).toEqual([]);
  });

  test("is settled while another row has no room, and that row comes once there is", async () => {
    for (const object of [...network(0), ...machine(0, 0)]) agent.view.put(object);
    dataPlane.roomless.add("label/16");
    agent.completeConfig();
    expect(await call("POST", "/port", JSON.stringify(port(0)))).toMatchObject(OK);
    expect(await agent.settled()).toBe(true);
    expect([dataPlane.rowsOf("interface").length, dataPlane.rowsOf("label")]).toEqual([1, []]);
    dataPlane.roomless.clear();
    await vi.waitFor(() => expect(dataPlane.rowsOf("label")).toHaveLength(1), { timeout: 10_000 });
  });

  test("that is disabled has no rows until it is enabled, over a restart too", async () => {
    for (const object of [...network(0), ...machine(0, 0)]) agent.view.put(object);
    agent.completeConfig();
    await call("POST", "/port", JSON.stringify(port(0)));
    expect(await call("PUT", `/disable-port/${interfaceUuid(0)}`)).toMatchObject(OK);
    expect(dataPlane.rowsOf("interface")).toEqual([]);
    expect(newAgent().state.ports[0]?.waitsFor).toBe("enable-port");
    expect(await call("PUT", `/enable-port/${interfaceUuid(0)}`)).toMatchObject(OK);
    expect(dataPlane.rowsOf("interface")).toHaveLength(1);
  });

  test("is taken on the unix socket as well", async () => {
    expect(await viaSocket("POST", "/port", JSON.stringify(port(0)))).toBe("{}");
    expect(JSON.parse(await viaSocket("GET", `/port/${interfaceUuid(0)}`, ""))).toMatchObject({
      "system-name": "tap0",
    });
    expect(await viaSocket("DELETE", `/port/${interfaceUuid(0)}`, "")).toBe("{}");
  });
});

describe("bad input is refused with its field, in JSON, and nothing is kept", () => {
  test.each<[string, string, number, string]>([
    ["no body", "", 400, "the body"],
    ["JSON cut short", '{"id":', 400, "not JSON"],
    ["a number", "7", 400, "the body"],
    ["null", "null", 400, "the body"],
    ["an empty list", "[]", 400, "no port"],
    ["a list in a list", "[[{}]]", 400, "0.the body"],
    ["no id", JSON.stringify({ "instance-id": machineUuid(0), "system-name": "tap0" }), 400, "id"],
    ["an id that is none", JSON.stringify(port(0, { id: "../../etc/passwd" })), 400, "id"],
    ["a machine that is none", JSON.stringify(port(0, { "instance-id": 7 })), 400, "instance-id"],
    ["a device of 16 characters", JSON.stringify(port(0, { "system-name": "t".repeat(16) })), 400, "system-name"],
    ["a device with a slash", JSON.stringify(port(0, { "system-name": "a/b" })), 400, "system-name"],
    ["a device with a colon", JSON.stringify(port(0, { "system-name": "eth0:1" })), 400, "system-name"],
    ["a device named ..", JSON.stringify(port(0, { "system-name": ".." })), 400, "system-name"],
    ["a name of the wrong type", JSON.stringify(port(0, { "display-name": ["x"] })), 400, "display-name"],
    ["a name too long", JSON.stringify(port(0, { "display-name": "x".repeat(300) })), 400, "display-name"],
    ["a type that is a text", JSON.stringify(port(0, { type: "NovaVMPort" })), 400, "type"],
    ["a body over the limit", JSON.stringify(port(0, { "display-name": "x".repeat(2_000_000) })), 413, "large"],
  ])("%s", async (_what, body, status, text) => {
    const answer = await call("POST", "/port", body);
    expect(answer).toMatchObject({ status, body: { error: expect.stringContaining(text) } });
    expect(answer.type).toContain("application/json");
    expect([agent.ports(), FILES()]).toEqual([[], []]);
  });

  test.each([
    ["GET", `/port/${interfaceUuid(7)}`],
    ["PUT", `/enable-port/${interfaceUuid(7)}`],
    ["PUT", `/disable-port/${interfaceUuid(7)}`],
    ["GET", "/nothing"],
    ["PATCH", "/port"],
    ["GET", `/port/${"x".repeat(300)}`],
  ])("%s %s is not found", async (method, path) => {
    expect(await call(method, path)).toMatchObject({ status: 404, body: { error: expect.any(String) } });
  });

  test("any body has a 2xx or 4xx in JSON, and the agent goes on", async () => {
    const text = JSON.stringify([port(0), port(1)]);
    const mutated = fc
      .array(fc.tuple(fc.nat(text.length - 1), fc.string({ maxLength: 2 })), { minLength: 1, maxLength: 4 })
      .map((changes) => changes.reduce((body, [at, by]) => body.slice(0, at) + by + body.slice(at + 1), text));
    const typed = fc
      .dictionary(fc.constantFrom(...Object.keys(port(0))), fc.jsonValue())
      .map((more) => JSON.stringify(port(0, more)));
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, typed, fc.json(), fc.string()), async (body) => {
        const answer = await call("POST", "/port", body);
        expect([200, 400]).toContain(answer.status);
        expect(answer.status === 200 || typeof (answer.body as { error?: unknown }).error === "string").toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(await call("POST", "/port", JSON.stringify(port(5)))).toMatchObject(OK);
    expect(newAgent().ports()).toHaveLength(agent.ports().length);
  });
});
