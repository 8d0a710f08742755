import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@contrail/observability";
import { createMeter, systemClock } from "@contrail/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ActivePort } from "../core/active-port.ts";
import { interfaceUuid, machine, network, port, stateOf } from "../core/agent-world.model.ts";
import { FetchedPasswords } from "./fetched-passwords.ts";
import { GuestConnections, MAX_CONNECTIONS_OF_PORT } from "./guest-connections.ts";
import { createGuestServers } from "./guest-servers.ts";
import { StateFiles } from "./state-files.ts";

const DEADLINE_MS = 20_000;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Machine `index` with an item, user data and a password that have its number. */
function guest(index: number): ActivePort {
  const list = [
    { dir: "metadata", file: "local-hostname", content: base64(`vm${index}`) },
    { dir: "userdata", file: "user_data", content: base64(`data ${index} `.repeat(100_000)) },
  ];
  const key_value_pair = [
    { key: "cloudstack.vm-data", value: JSON.stringify(list) },
    { key: "cloudstack.password", value: `secret${index}` },
  ];
  const objects = [...network(0), ...machine(index, 0)].map((each) =>
    each.type === "virtual-machine-interface"
      ? { ...each, properties: { ...each.properties, annotations: { key_value_pair } } }
      : each,
  );
  const [state] = stateOf(objects, [port(index)]).ports;
  if (state?.active === undefined) throw new Error("the machine is complete");
  return state.active;
}

let directory: string;
/** Loopback addresses stand for the link-local ones. */
let guests: Map<string, ActivePort>;
let servers: { readonly metadata: Server; readonly password: Server };

async function start(): Promise<void> {
  const connections = new GuestConnections((address) => guests.get(address), createMeter().counter("refused", "x"));
  const passwords = new FetchedPasswords(new StateFiles(directory, silentLogger));
  const portIds = () => new Set([...guests.values()].map(({ port: { id } }) => id));
  servers = createGuestServers({ connections, passwords, clock: systemClock, portIds });
  for (const server of [servers.metadata, servers.password]) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
}

function stop(): void {
  for (const server of [servers.metadata, servers.password]) {
    server.close();
    server.closeAllConnections();
  }
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-guest-"));
  guests = new Map([
    ["127.0.0.2", guest(2)],
    ["127.0.0.3", guest(3)],
  ]);
  await start();
});

afterEach(() => {
  stop();
  rmSync(directory, { recursive: true });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port; // It listens on TCP.
}

async function ask(server: Server, from: string, path: string, headers: Record<string, string> = {}): Promise<string> {
  const request = get({ host: "127.0.0.1", port: portOf(server), localAddress: from, path, headers, agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage]; // The event's one argument.
  return `${response.statusCode} ${Buffer.concat(await response.toArray()).toString()}`;
}

function connect(server: Server, from: string): Socket {
  return createConnection({ host: "127.0.0.1", port: portOf(server), localAddress: from });
}

async function untilClosed(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part));
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.on("close", resolve));
  const late = AbortSignal.timeout(DEADLINE_MS);
  await Promise.race([closed, once(late, "abort").then(() => Promise.reject(new Error("the connection stays open")))]);
  return Buffer.concat(parts).toString();
}

test("each interface reads its own, by where it asks from and not by what it says", async () => {
  const lies = { "x-forwarded-for": "127.0.0.3", host: "127.0.0.3" };
  expect(await ask(servers.metadata, "127.0.0.2", "/latest/local-hostname", lies)).toBe("200 vm2");
  expect(await ask(servers.metadata, "127.0.0.3", "/latest/local-hostname")).toBe("200 vm3");
  const userData = await ask(servers.metadata, "127.0.0.3", "/latest/user-data");
  expect(userData).toBe(`200 ${"data 3 ".repeat(100_000)}`);
});

test("an address of no interface gets nothing", async () => {
  expect(await untilClosed(connect(servers.metadata, "127.0.0.9"))).toBe("");
});

test("the password is sent until the machine says that it has it, also by the next agent", async () => {
  const send = { domu_request: "send_my_password" };
  expect(await ask(servers.password, "127.0.0.2", "/", send)).toBe("200 secret2");
  expect(await ask(servers.password, "127.0.0.2", "/", { DomU_Request: "send_my_password" })).toBe("200 secret2");
  expect(await ask(servers.password, "127.0.0.2", "/", { DomU_Request: "saved_password" })).toBe("200 saved_password");
  expect(await ask(servers.password, "127.0.0.2", "/", send)).toBe("200 saved_password");
  expect(await ask(servers.password, "127.0.0.3", "/", send)).toBe("200 secret3");
  expect(await ask(servers.password, "127.0.0.3", "/")).toBe("400 bad_request");
  stop();
  await start();
  expect(await ask(servers.password, "127.0.0.2", "/", send)).toBe("200 saved_password");
  expect(readFileSync(join(directory, "fetched-passwords.json"), "utf8")).not.toContain("secret2");
});

test("a client of HTTP/1.0 without a Host header is served", async () => {
  const socket = connect(servers.metadata, "127.0.0.2");
  socket.write("GET /latest/local-hostname HTTP/1.0\r\n\r\n");
  expect(await untilClosed(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nvm2$/);
});

test("an interface has so many connections and not more, and takes none from another", async () => {
  const held = Array.from({ length: MAX_CONNECTIONS_OF_PORT }, (_, index) =>
    connect(index % 2 === 0 ? servers.metadata : servers.password, "127.0.0.2"),
  );
  await Promise.all(held.map((socket) => once(socket, "connect")));
  expect(await untilClosed(connect(servers.metadata, "127.0.0.2"))).toBe("");
  expect(await ask(servers.metadata, "127.0.0.3", "/latest/local-hostname")).toBe("200 vm3");
  for (const socket of held) socket.destroy();
  await vi.waitFor(
    async () => expect(await ask(servers.metadata, "127.0.0.2", "/latest/local-hostname")).toBe("200 vm2"),
    { timeout: DEADLINE_MS },
  );
});

test("a connection that outlives its port gets nothing of the next one at the address", async () => {
  const socket = connect(servers.metadata, "127.0.0.2");
  socket.write("GET /latest/local-hostname HTTP/1.1\r\n");
  await once(socket, "connect");
  await vi.waitFor(
    () =>
      new Promise<void>((resolve) =>
        servers.metadata.getConnections((_, count) => {
          expect(count).toBe(1);
          resolve();
        }),
      ),
  );
  guests.set("127.0.0.2", guest(4));
  socket.write("\r\n");
  expect(await untilClosed(socket)).toBe("");
  expect(guests.get("127.0.0.2")?.port.id).toBe(interfaceUuid(4));
});

test.each([
  ["no HTTP", "\0\0\0\0\r\n\r\n"],
  ["a request without end", `GET /${"a".repeat(20_000)} HTTP/1.1\r\n\r\n`],
  ["a head without end", `GET / HTTP/1.1\r\n${"X-A: aaaaaaaa\r\n".repeat(2_000)}\r\n`],
  ["two lengths", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
])("%s ends the connection, and the server goes on", async (_what, bytes) => {
  const socket = connect(servers.metadata, "127.0.0.2");
  socket.write(bytes);
  expect(await untilClosed(socket)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
  expect(await ask(servers.metadata, "127.0.0.2", "/latest/local-hostname")).toBe("200 vm2");
});

test("a second request in one connection is not answered", async () => {
  const socket = connect(servers.metadata, "127.0.0.2");
  const request = "GET /latest/local-hostname HTTP/1.1\r\nHost: a\r\n\r\n";
  socket.write(request + request);
  expect((await untilClosed(socket)).match(/HTTP\/1\.1 200/g)).toHaveLength(1);
});
