import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { type AddressInfo, createConnection, createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect } from "node:tls";
import { createAuthority, type Identity, issue, type Role } from "@contrail/pki";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { extensionTest, objectOf, runScript } from "./extension-call.ts";
import { PluginProcess, SCRIPT } from "./plugin-process.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-plugin-tls-"));
const configSocket = join(directory, "rest.sock");
const node = new ConfigNodeProcess(["--rest-socket", configSocket]);
const pki = join(directory, "pki");
const strangers = join(directory, "strangers");
const servers: Server[] = [];
let plugin: PluginProcess;
let expired: PluginProcess;

beforeAll(async () => {
  await node.run();
  await createAuthority(pki);
  await createAuthority(strangers);
  plugin = await pluginWith("good", 3_600_000);
  expired = await pluginWith("expired", -1_000);
});

afterAll(async () => {
  await plugin.kill();
  await expired.kill();
  for (const server of servers) server.close();
  await node.stop();
  rmSync(directory, { recursive: true });
});

/** A plugin whose certificate has this life, on a port of its own. */
async function pluginWith(name: string, lifeMs: number): Promise<PluginProcess> {
  const own = await issue(pki, { role: "plugin", name, addresses: ["127.0.0.1"], lifeMs });
  const files = ["--certificate-file", own.certificateFile, "--key-file", own.keyFile, "--ca-file", own.caFile];
  mkdirSync(join(directory, name));
  const made = new PluginProcess(join(directory, name), configSocket, ["--listen", "127.0.0.1:0", ...files]);
  await made.run();
  return made;
}

async function urlOf(of: PluginProcess, host = "127.0.0.1"): Promise<string> {
  const { tls } = (await of.status()).listeners;
  return `https://${host}:${tls?.split(":").at(-1)}`;
}

/** The script in a directory of its own with these files beside it, as on a management server. */
function installed(name: string, client: Identity | undefined, caFile: string | undefined): string {
  const folder = join(directory, `script-${name}`);
  mkdirSync(folder);
  copyFileSync(SCRIPT, join(folder, "opencontrail.sh"));
  if (client !== undefined) {
    copyFileSync(client.certificateFile, join(folder, "client.pem"));
    copyFileSync(client.keyFile, join(folder, "client.key"));
  }
  if (caFile !== undefined) copyFileSync(caFile, join(folder, "ca.pem"));
  return join(folder, "opencontrail.sh");
}

async function call(script: string, url: string) {
  const payload = JSON.stringify({
    "physical-network-extension-details": { "plugin-url": url },
    payload: { network_id: "1" },
  });
  const run = await runScript("sh", "ensure-network-device", payload, {}, script);
  expect(run.milliseconds).toBeLessThan(55_000);
  const { status, code, message } = objectOf(run);
  return { exit: run.exit, status, code, message };
}

function client(role: Role, from = pki, lifeMs = 3_600_000): Promise<Identity> {
  return issue(from, { role, name: "management", addresses: [], lifeMs });
}

const caOf = (folder: string) => join(folder, "ca.crt");
const REFUSED = { exit: 1, status: "error", code: "cloudstack.unavailable" };

extensionTest("a management server with its certificate is served", async () => {
  const script = installed("good", await client("cloudstack"), caOf(pki));
  expect(await call(script, await urlOf(plugin))).toMatchObject({ exit: 0, status: "success" });
});

extensionTest("a new certificate is served without a new start", async () => {
  const renewed = await pluginWith("renewed", -1_000);
  const script = installed("renewed", await client("cloudstack"), caOf(pki));
  const url = await urlOf(renewed);
  expect(await call(script, url)).toMatchObject(REFUSED);
  await issue(pki, { role: "plugin", name: "renewed", addresses: ["127.0.0.1"], lifeMs: 3_600_000 });
  await expect.poll(async () => (await call(script, url)).status, { timeout: 30_000 }).toBe("success");
  await renewed.kill();
});

extensionTest.each<[string, (refused: string) => Promise<string>, string]>([
  ["without a certificate", async (name) => installed(name, undefined, caOf(pki)), "client.pem or client.key"],
  [
    "with one of another authority",
    async (name) => installed(name, await client("cloudstack", strangers), caOf(pki)),
    "refuses client.pem",
  ],
  [
    "with one that has expired",
    async (name) => installed(name, await client("cloudstack", pki, -1_000), caOf(pki)),
    "refuses client.pem",
  ],
  [
    "that expects another authority",
    async (name) => installed(name, await client("cloudstack"), caOf(strangers)),
    "is not of ca.pem",
  ],
  ["without an authority", async (name) => installed(name, await client("cloudstack"), undefined), "ca.pem"],
])("a management server %s gets one object that says so", async (name, made, text) => {
  const answer = await call(await made(name.replaceAll(" ", "-")), await urlOf(plugin));
  expect(answer).toMatchObject(REFUSED);
  expect(answer.message).toContain(text);
});

extensionTest("a peer of another role is refused with its role, and is no failed command", async () => {
  const script = installed("role", await client("agent"), caOf(pki));
  const before = await plugin.status();
  const answer = await call(script, await urlOf(plugin));
  expect(answer).toMatchObject({ exit: 1, status: "error", code: "cloudstack.permission_denied" });
  expect(answer.message).toContain("contrail://agent/management, not the role cloudstack");
  const after = await plugin.status();
  expect(after.refusedCallers.count).toBe(before.refusedCallers.count + 1);
  expect(after.failures).toEqual(before.failures);
});

extensionTest("a plugin of another name, or with an expired certificate, is not spoken to", async () => {
  const script = installed("server", await client("cloudstack"), caOf(pki));
  for (const url of [await urlOf(plugin, "localhost"), await urlOf(expired)]) {
    const answer = await call(script, url);
    expect(answer, url).toMatchObject(REFUSED);
    expect(answer.message, url).toContain("has expired, or has another name than plugin-url");
  }
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`; // It listens on TCP.
}

extensionTest("a port that speaks plain HTTP, says nothing, or is closed, ends in one object", async () => {
  const script = installed("plain", await client("cloudstack"), caOf(pki));
  const plain = await listening(createServer((_request, response) => response.end('{"status":"success"}')));
  const silent = await listening(createTcpServer());
  const closed = createTcpServer();
  const gone = await listening(closed);
  closed.close();
  expect((await call(script, `https://${plain}`)).message).toContain("does not speak TLS");
  expect((await call(script, `https://${silent}`)).message).toContain("did not answer in time");
  expect((await call(script, `https://${gone}`)).message).toContain("nobody listens");
  expect(await call(script, `http://${plain}`)).toMatchObject({ exit: 1, code: "cloudstack.bad_request" });
});

/** What the plugin answers to a TLS client of these options; the text of the error where there is no answer. */
async function attempt(options: ConnectionOptions): Promise<string> {
  const port = Number((await urlOf(plugin)).split(":").at(-1));
  const socket = connect({ host: "127.0.0.1", port, ca: readFileSync(caOf(pki)), ...options });
  socket.write("POST /extension/ensure-network-device HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  try {
    const [data] = (await once(socket, "data")) as [Buffer]; // The event's one argument.
    return data.toString();
  } catch (reason) {
    return String(reason);
  } finally {
    socket.destroy();
  }
}

test("the port answers nobody without a certificate, by an old TLS, or in plain HTTP", async () => {
  const own = await client("cloudstack");
  const pair = { cert: readFileSync(own.certificateFile), key: readFileSync(own.keyFile) };
  expect(await attempt(pair)).toMatch(/^HTTP\/1\.1 400 /);
  expect(await attempt({ ...pair, maxVersion: "TLSv1.2" })).toMatch(/^HTTP\/1\.1 400 /);
  expect(await attempt({})).toMatch(/^Error/);
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  expect(await attempt({ ...pair, ...old })).toMatch(/^Error/);
  const [host, port] = (await urlOf(plugin)).replace("https://", "").split(":");
  const http = request({ host, port: Number(port), method: "POST", path: "/extension/prepare-nic" }).end("{}");
  await expect(once(http, "response")).rejects.toThrow();
  expect(await attempt(pair), "and serves on").toMatch(/^HTTP\/1\.1 400 /);
});

extensionTest("a certificate that contrail ca makes for the management server is taken", async () => {
  const program = join(import.meta.dirname, "../../services/cli/src/main.ts");
  const flags = ["--dir", pki, "--role", "cloudstack", "--name", "ms1"];
  const { stdout, status } = spawnSync(process.execPath, [program, "ca", ...flags], { encoding: "utf8" });
  expect(status).toBe(0);
  const [certificateFile = "", keyFile = ""] = stdout.split("\n");
  const script = installed("by-cli", { certificateFile, keyFile, caFile: caOf(pki) }, caOf(pki));
  expect(await call(script, await urlOf(plugin))).toMatchObject({ exit: 0, status: "success" });
});

test("a plugin stops in order although a handshake has not ended", async () => {
  const port = Number((await urlOf(expired)).split(":").at(-1));
  const socket = createConnection({ host: "127.0.0.1", port });
  await once(socket, "connect");
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  expect(await expired.end()).toBe(0);
  await closed;
});

test("a plugin that is to listen without certificates says which setting is missing, and ends", async () => {
  const bare = new PluginProcess(directory, configSocket, ["--listen", "127.0.0.1:0"]);
  await expect(bare.run()).rejects.toThrow("--certificate-file: is needed with --listen");
  const wrong = ["--listen", "127.0.0.1:0", "--certificate-file", "/nowhere.pem"];
  const files = ["--key-file", "/nowhere.key", "--ca-file", caOf(pki)];
  await expect(new PluginProcess(directory, configSocket, [...wrong, ...files]).run()).rejects.toThrow(
    "--certificate-file /nowhere.pem: ENOENT",
  );
});
