import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { createAuthority, type Identity, issue, type Role } from "@contrail/pki";
import { Client, type ServerUnaryCall, type ServiceDefinition, type sendUnaryData } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLIENT_OPTIONS, channelCredentials, type ExpectedPeer } from "./credentials.ts";
import { peerOf, type RpcServer, serveRpc } from "./server.ts";

const pass = (bytes: Buffer): Buffer => bytes;
const method = (path: string) => ({
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: pass,
  requestDeserialize: pass,
  responseSerialize: pass,
  responseDeserialize: pass,
});
const WHO = { who: method("/test.Who/Who") } satisfies ServiceDefinition;
const NARROW = { who: method("/test.Narrow/Who"), write: method("/test.Narrow/Write") } satisfies ServiceDefinition;
const NAMED = { who: method("/test.Named/Who") } satisfies ServiceDefinition;

let directory: string;
let foreign: string;
let server: RpcServer;
let agent: Identity;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-rpc-"));
  foreign = mkdtempSync(join(tmpdir(), "contrail-rpc-"));
  await createAuthority(directory);
  await createAuthority(directory);
  await createAuthority(foreign);
  const identity = await issue(directory, { role: "control", name: "control1", addresses: ["127.0.0.1"] });
  agent = await issue(directory, { role: "agent", name: "host1", addresses: ["127.0.0.1"] });
  const who = (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
    const peer = peerOf(call);
    callback(null, Buffer.from(`${peer.role}/${peer.name}`));
  };
  server = await serveRpc(identity, "127.0.0.1:0", [
    { definition: WHO, implementation: { who }, allowedRoles: ["agent"] },
    { definition: NARROW, implementation: { who, write: who }, allowedRoles: [], allowedRolesOf: { who: ["agent"] } },
    { definition: NAMED, implementation: { who }, allowedRoles: ["agent"], allowedName: "host2" },
  ]);
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
  rmSync(foreign, { recursive: true });
});

function ask(
  identity: Identity,
  expected: ExpectedPeer = { role: "control" },
  path = "/test.Who/Who",
): Promise<string> {
  const client = new Client(`127.0.0.1:${server.port}`, channelCredentials(identity, expected), CLIENT_OPTIONS);
  return new Promise<string>((resolve, reject) => {
    const deadline = Date.now() + 5_000;
    client.makeUnaryRequest(path, pass, pass, Buffer.alloc(0), { deadline }, (error, answer) => {
      client.close();
      if (error !== null) reject(error);
      else resolve(String(answer));
    });
  });
}

test("the server knows its caller by the certificate", async () => {
  expect(await ask(agent, { role: "control", name: "control1" })).toBe("agent/host1");
});

test("a connection whose handshake the server's end finds half done is ended by its first call", async () => {
  let answered = 0;
  const identity = await issue(directory, { role: "control", name: "control2", addresses: ["127.0.0.1"] });
  const who = (_: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
    answered++;
    callback(null, Buffer.alloc(0));
  };
  const ended = await serveRpc(identity, "127.0.0.1:0", [
    { definition: WHO, implementation: { who }, allowedRoles: ["agent"] },
  ]);
  const socket = connectTcp(ended.port, "127.0.0.1");
  await once(socket, "connect");
  await sleep(50); // The server has accepted it by now, and waits for a handshake.
  ended.close();
  const files = { ca: agent.caFile, cert: agent.certificateFile, key: agent.keyFile };
  const texts = Object.entries(files).map(([name, file]) => [name, readFileSync(file)] as const);
  const options = { socket, ALPNProtocols: ["h2"], checkServerIdentity: () => undefined, ...Object.fromEntries(texts) };
  const session = connectHttp2("https://contrail", { createConnection: () => connect(options) });
  const isOver = new Promise((resolve) => session.once("close", resolve));
  session.on("error", () => {}); // It is ended in the middle.
  const headers = { ":method": "POST", ":path": "/test.Who/Who", "content-type": "application/grpc", te: "trailers" };
  session
    .request(headers)
    .on("error", () => {})
    .end(Buffer.alloc(5));
  await isOver;
  expect(answered).toBe(0);
});

test("a role that is not allowed gets PERMISSION_DENIED", async () => {
  const config = await issue(directory, { role: "config", name: "c", addresses: [] });
  await expect(ask(config)).rejects.toMatchObject({ code: 7 });
});

test("a method may ask for other roles than its service", async () => {
  expect(await ask(agent, { role: "control" }, "/test.Narrow/Who")).toBe("agent/host1");
  await expect(ask(agent, { role: "control" }, "/test.Narrow/Write")).rejects.toMatchObject({ code: 7 });
});

test("a service may ask for one peer by name", async () => {
  await expect(ask(agent, { role: "control" }, "/test.Named/Who")).rejects.toMatchObject({ code: 7 });
  const host2 = await issue(directory, { role: "agent", name: "host2", addresses: [] });
  expect(await ask(host2, { role: "control" }, "/test.Named/Who")).toBe("agent/host2");
});

test.each(["TLSv1.2", "TLSv1.3"] as const)("of a client of %s the server takes 1.3 only", async (maxVersion) => {
  const files = { ca: agent.caFile, cert: agent.certificateFile, key: agent.keyFile };
  const pem = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, readFileSync(file)]));
  const socket = connect({
    ...pem,
    host: "127.0.0.1",
    port: server.port,
    maxVersion,
    ALPNProtocols: ["h2"],
    checkServerIdentity: () => undefined,
  });
  const spoken = await new Promise<string | null>((resolve) => {
    socket.once("secureConnect", () => resolve(socket.getProtocol()));
    socket.once("error", () => resolve(null));
  });
  socket.destroy();
  expect(spoken).toBe(maxVersion === "TLSv1.3" ? "TLSv1.3" : null);
});

test.each<[string, { role: Role; name?: string }]>([
  ["another role", { role: "config" }],
  ["another name", { role: "control", name: "control2" }],
])("a client that expects %s does not talk", async (_what, expected) => {
  await expect(ask(agent, expected)).rejects.toMatchObject({ code: 14 });
});

test("a certificate of a foreign CA is refused by both sides", async () => {
  await expect(ask(await issue(foreign, { role: "agent", name: "host1", addresses: [] }))).rejects.toMatchObject({
    code: 14,
  });
});

test("an expired certificate is refused", async () => {
  const expired = await issue(directory, { role: "agent", name: "old", addresses: [], lifeMs: -1 });
  await expect(ask(expired)).rejects.toMatchObject({ code: 14 });
});

test("keys are readable by their owner only, also where a half-written one was not", async () => {
  expect(statSync(agent.keyFile).mode & 0o777).toBe(0o600);
  const left = join(directory, "agent-left.key.new");
  writeFileSync(left, "");
  chmodSync(left, 0o644);
  const { keyFile } = await issue(directory, { role: "agent", name: "left", addresses: [] });
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
});

test("a unix socket is its owner's only", async () => {
  const path = join(directory, "s");
  const identity = await issue(directory, { role: "engine", name: "host1", addresses: [] });
  const local = await serveRpc(identity, `unix:${path}`, []);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  local.close();
});
