import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EventRow } from "../core/rows.ts";
import { Store } from "./store.ts";
import { Webhooks } from "./webhooks.ts";

const DEADLINE = { timeout: 20_000, interval: 5 };
const silent = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Logger; // As far as it is used.

let directory: string;
let store: Store;
let webhooks: Webhooks;
let stop: AbortController;
let server: Server;
/** Held answers of "/slow", and paths of what came. */
let held: (() => void)[];
let came: string[];
/** Signatures of what came. */
let signatures: unknown[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-webhooks-"));
  store = new Store(join(directory, "devcloud.db"), systemClock);
  stop = new AbortController();
  webhooks = new Webhooks(store, systemClock, silent, stop.signal);
  [held, came, signatures] = [[], [], []];
  server = createServer((request, response) => {
    came.push(request.url ?? "");
    signatures.push(request.headers["x-cs-signature"]);
    if (request.url === "/slow") held.push(() => response.end());
    else if (request.url === "/long") response.end("x".repeat(100_000));
    else if (request.url === "/elsewhere") response.writeHead(302, { location: "/secret" }).end();
    else response.end("thanks");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(() => {
  stop.abort();
  server.closeAllConnections();
  server.close();
  store.close();
  rmSync(directory, { recursive: true });
});

function account(name: string, type: 0 | 1 = 1): string {
  const domain = [...store.all("domain")][0] ?? store.make("domain", { name: "ROOT", parent: undefined });
  return store.make("account", { name, domain: domain.uuid, type, state: "enabled", isDefault: false }).uuid;
}

function webhook(path: string, owner: string, scope: "Local" | "Domain" | "Global", host = "127.0.0.1"): string {
  const payloadUrl = `http://${host}:${(server.address() as AddressInfo).port}${path}`; // It listens on TCP.
  const rest = { description: undefined, secretKey: undefined, sslVerification: true };
  return store.make("webhook", { name: path, account: owner, state: "Enabled", payloadUrl, scope, ...rest }).uuid;
}

function event(owner: string): EventRow {
  return store.make("event", {
    type: "VM.CREATE",
    description: "made",
    parent: undefined,
    account: owner,
    username: "u",
    state: "Completed",
    level: "INFO",
    resource: undefined,
    resourceType: undefined,
    resourceName: undefined,
  });
}

const answers = () => [...store.all("webhookDelivery")].map(({ success, response }) => [success, response]);

test("events of an account that goes while they wait are delivered; those that come after its end nobody hears", async () => {
  const [admin, tenant] = [account("admin"), account("tenant")];
  webhook("/slow", admin, "Global");
  webhook("/domain", admin, "Domain");
  for (let index = 0; index < 3; index++) webhooks.hear(event(tenant));
  store.drop("account", tenant);
  webhooks.hear(event(tenant));
  for (let index = 0; index < 3; index++) {
    await expect.poll(() => held.length, DEADLINE).toBe(index + 1);
    held[index]?.();
  }
  await expect.poll(() => answers().length, DEADLINE).toBe(6);
  expect(answers().every(([success]) => success)).toBe(true);
});

test("a webhook that does not answer delays no other, and keeps a hundred deliveries at most", async () => {
  const tenant = account("tenant");
  webhook("/slow", tenant, "Local");
  webhook("/quick", tenant, "Local");
  for (let index = 0; index < 50; index++) webhooks.hear(event(tenant));
  await expect.poll(() => came.filter((path) => path === "/quick").length, DEADLINE).toBe(50);
  expect(came.filter((path) => path === "/slow")).toHaveLength(1);
  for (let index = 0; index < 60; index++) webhooks.hear(event(tenant));
  expect(webhooks.dropped).toBe(9);
});

test("of a long answer the beginning is kept, and a webhook leads nowhere else", async () => {
  const tenant = account("tenant");
  const long = webhook("/long", tenant, "Local");
  webhooks.hear(event(tenant));
  await expect.poll(answers, DEADLINE).toEqual([[true, "x".repeat(500)]]);
  store.drop("webhook", long);
  webhook("/elsewhere", tenant, "Local");
  webhooks.hear(event(tenant));
  await expect.poll(() => came.filter((path) => path === "/elsewhere").length, DEADLINE).toBe(3);
  expect(came).not.toContain("/secret");
});

test("nothing is signed by a key that is empty or blank: everybody has that", async () => {
  const tenant = account("tenant");
  for (const secretKey of [undefined, "", " \t", "s"]) {
    const { uuid } = store.change("webhook", webhook("/quick", tenant, "Local"), { secretKey });
    webhooks.hear(event(tenant));
    await expect.poll(() => answers().length, DEADLINE).toBe(signatures.length);
    await expect.poll(() => store.where("webhookDelivery", "webhook", uuid).length, DEADLINE).toBe(1);
    store.drop("webhook", uuid);
  }
  expect(signatures).toEqual([undefined, undefined, undefined, expect.stringMatching(/^[0-9a-f]{64}$/)]);
});

test("a tenant's webhook reaches neither this host nor its links, by address or by name", async () => {
  const tenant = account("tenant", 0);
  const hosts = ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"];
  for (const host of hosts) webhook("/secret", tenant, "Local", host);
  webhooks.hear(event(tenant));
  await expect.poll(() => answers().length, DEADLINE).toBe(hosts.length);
  for (const [success, response] of answers()) {
    expect([success, response]).toEqual([false, expect.stringMatching(/is a local address$/)]);
  }
  expect(came).toEqual([]);
});

test("an event that comes while the last delivery ends is delivered, whenever that is", async () => {
  const tenant = account("tenant");
  webhook("/quick", tenant, "Local");
  const commit = store.commit.bind(store);
  let turns = 0;
  const hearAfter = async (microtasks: number): Promise<void> => {
    for (let done = 0; done < microtasks; done++) await undefined;
    webhooks.hear(event(tenant));
  };
  store.commit = async () => {
    await commit();
    if (turns < 12) hearAfter(turns++).catch(() => undefined);
  };
  webhooks.hear(event(tenant));
  await expect.poll(() => answers().length, DEADLINE).toBe(13);
});
