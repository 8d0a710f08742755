import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority, type Identity, issue, type Role } from "@contrail/pki";
import { Client, type ServerUnaryCall, type ServiceDefinition, type sendUnaryData } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLIENT_OPTIONS, channelCredentials, type ExpectedPeer } from "./credentials.ts";
import { peerOf, type RpcServer, serveRpc } from "./server.ts";

const pass = (bytes: Buffer): Buffer => bytes;
const WHO = {
  who: {
    path: "/test.Who/Who",
    requestStream: false,
    responseStream: false,
    requestSerialize: pass,
    requestDeserialize: pass,
    responseSerialize: pass,
    responseDeserialize: pass,
  },
} satisfies ServiceDefinition;

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
  ]);
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
  rmSync(foreign, { recursive: true });
});

function ask(identity: Identity, expected: ExpectedPeer = { role: "control" }): Promise<string> {
  const client = new Client(`127.0.0.1:${server.port}`, channelCredentials(identity, expected), CLIENT_OPTIONS);
  return new Promise<string>((resolve, reject) => {
    const deadline = Date.now() + 5_000;
    client.makeUnaryRequest("/test.Who/Who", pass, pass, Buffer.alloc(0), { deadline }, (error, answer) => {
      client.close();
      if (error !== null) reject(error);
      else resolve(String(answer));
    });
  });
}

test("the server knows its caller by the certificate", async () => {
  expect(await ask(agent, { role: "control", name: "control1" })).toBe("agent/host1");
});

test("a role that is not allowed gets PERMISSION_DENIED", async () => {
  const config = await issue(directory, { role: "config", name: "c", addresses: [] });
  await expect(ask(config)).rejects.toMatchObject({ code: 7 });
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

test("keys are readable by their owner only", () => {
  expect(statSync(agent.keyFile).mode & 0o777).toBe(0o600);
});
