import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAuthority, issue } from "@contrail/pki";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, Lab } from "./lab.ts";

const HOST = "oct-engine-waiting";
const MACHINE = "oct-engine-waiting-m";
const AGENT = fileURLToPath(new URL("../../services/vrouter-agent/src/main.ts", import.meta.url));
const ENGINE = fileURLToPath(new URL("../../services/vrouter-engine/src/main.ts", import.meta.url));
const PORT = {
  id: "00000000-0000-4000-8000-000000000001",
  "instance-id": "00000000-0000-4000-8000-000000000002",
  "system-name": "tap1",
};

let lab: Lab;
let directory: string;
const file = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "oct-engine-"));
  await createAuthority(directory);
  for (const role of ["agent", "engine"] as const) await issue(directory, { role, name: "host1", addresses: [] });
  lab = await Lab.open("user");
  for (const name of [HOST, MACHINE]) await lab.addNamespace(name);
  await lab.must(HOST, "ip", "link", "add", "tap1", "type", "veth", "peer", "name", "eth0", "netns", MACHINE);
  await lab.must(HOST, "ip", "link", "set", "tap1", "up");
  await lab.must(HOST, "ip", "addr", "add", "172.30.1.2/24", "dev", "lo");
  await lab.must(MACHINE, "ip", "link", "set", "eth0", "up");
  await lab.must(MACHINE, "ip", "addr", "add", "172.30.1.77/24", "dev", "eth0");
  const common = ["--name", "host1", "--pki-dir", directory, "--log-level", "warn"];
  lab.start(HOST, process.execPath, ENGINE, ...common, "--socket", file("engine.sock"));
  const plane = ["--engine", "typescript", "--engine-socket", file("engine.sock")];
  const settings = ["--address", "172.30.1.2", "--control-nodes", "127.0.0.1:5269", "--state-dir", file("state")];
  lab.start(HOST, process.execPath, AGENT, ...common, ...settings, ...plane, "--port-socket", file("ports.sock"));
});

afterAll(async () => {
  await lab.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The status of a call of the port API; 0 where nobody answers yet. */
function call(method: string, path: string, body?: unknown): Promise<number> {
  return new Promise((resolve) => {
    const asked = request({ socketPath: file("ports.sock"), method, path }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on("error", () => resolve(0));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** True where the host has told the machine the MAC of its own address. */
async function hostAnswers(): Promise<boolean> {
  await lab.must(MACHINE, "ip", "neigh", "flush", "dev", "eth0");
  await lab.run(MACHINE, "ping", "-c", "1", "-W", "1", "172.30.1.2");
  return (await lab.must(MACHINE, "ip", "neigh", "show", "172.30.1.2")).includes("lladdr");
}

test("the host's own stack answers nothing on the device of a port whose configuration never comes", async () => {
  expect(await hostAnswers()).toBe(true);
  await eventually("the port API answers", async () => (await call("GET", "/ports")) === 200);
  expect(await call("POST", "/port", PORT)).toBe(200);
  expect(await hostAnswers()).toBe(false);
});
