import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority, issue, type Role } from "@contrail/pki";
import { CLIENT_OPTIONS, channelCredentials } from "@contrail/rpc";
import { type JsonObject, parseJson, stringifyJson } from "@contrail/schema";
import { configServiceWire, type configWire } from "@contrail/wire";
import { type ClientReadableStream, type ServiceError, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SETTINGS } from "../../config.ts";
import { type ConfigNode, startConfigNode } from "../../start.ts";
import { PROJECT } from "../../testing/running-node.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-config-rpc-"));
const clients: configServiceWire.ConfigServiceClient[] = [];
let node: ConfigNode;
let client: configServiceWire.ConfigServiceClient;

beforeAll(async () => {
  await createAuthority(directory);
  await issue(directory, { role: "config", name: "config", addresses: ["127.0.0.1"] });
  const listen = { restListen: "127.0.0.1:0", introspectListen: "127.0.0.1:0", rpcListen: "127.0.0.1:0" };
  const settings = SETTINGS.parse({ dataDir: directory, pkiDir: directory, logLevel: "silent", ...listen });
  node = await startConfigNode(settings, new AbortController().signal);
  client = await clientOf("cli");
});

afterAll(async () => {
  for (const open of clients) open.close();
  await node.stop();
  rmSync(directory, { recursive: true });
});

async function clientOf(role: Role): Promise<configServiceWire.ConfigServiceClient> {
  const identity = await issue(directory, { role, name: `${role}1`, addresses: ["127.0.0.1"] });
  const credentials = channelCredentials(identity, { role: "config" });
  const made = new configServiceWire.ConfigServiceClient(`127.0.0.1:${node.rpcPort}`, credentials, CLIENT_OPTIONS);
  clients.push(made);
  return made;
}

function network(name: string, properties: JsonObject, more: Partial<configWire.Object> = {}): configWire.Object {
  const empty = { uuid: "", parentType: "", parentUuid: "", revision: 0n, refs: [], derived: false, epoch: 0n };
  const bytes = Buffer.from(stringifyJson(properties));
  return { type: "virtual-network", fqName: [...PROJECT, name], ...empty, properties: bytes, ...more };
}

type Callback<T> = (error: ServiceError | null, value: T) => void;

function call<T>(start: (callback: Callback<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}

const create = (object: configWire.Object) => call<configWire.Object>((done) => client.create(object, done));
const update = (object: configWire.Object) => call<configWire.Object>((done) => client.update(object, done));
const propertiesOf = ({ properties }: configWire.Object) => parseJson(Buffer.from(properties).toString()) as JsonObject;

async function all<T>(stream: ClientReadableStream<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of stream) found.push(item as T); // The stream's type does not say it.
  return found;
}

/** Events until one of an object with this name, made once the beginning is over; the stream is then given up. */
async function eventsUntil(
  query: configServiceWire.WatchQuery,
  name: string,
  onSync: () => Promise<unknown> = async () => undefined,
): Promise<configServiceWire.WatchEvent[]> {
  const found: configServiceWire.WatchEvent[] = [];
  const stream = client.watch(query);
  stream.on("error", () => undefined); // Given up below.
  for await (const item of stream) {
    const event = item as configServiceWire.WatchEvent; // The stream's type does not say it.
    found.push(event);
    if (event.inSync) await onSync();
    if (event.change?.change?.value.fqName.at(-1) === name) break;
  }
  stream.cancel();
  return found;
}

test("an object is created as by REST, read, updated to what is sent, listed and deleted", async () => {
  const policy = await create({ ...network("p", {}), type: "network-policy" });
  const refs = [{ toType: "network-policy", toUuid: policy.uuid, toFqName: [], attr: Buffer.alloc(0) }];
  const made = await create(network("n", { mtu: 1400, is_shared: true }, { refs }));
  expect(propertiesOf(made)).toMatchObject({ mtu: 1400, virtual_network_network_id: expect.any(Number), id_perms: {} });
  expect(made.refs).toMatchObject([{ toUuid: policy.uuid, toFqName: [...PROJECT, "p"] }]);
  const key = { type: "virtual-network", uuid: made.uuid };
  const read = await call<configWire.Object>((done) => client.read(key, done));
  expect(read).toEqual(made);

  const changed = await update(network("n", { mtu: 1500 }, { uuid: made.uuid, revision: made.revision }));
  expect(changed.revision).toBeGreaterThan(made.revision);
  expect(propertiesOf(changed)).toMatchObject({ mtu: 1500, display_name: "n", perms2: {} });
  expect(propertiesOf(changed)).not.toHaveProperty("is_shared");
  expect(propertiesOf(changed).virtual_network_network_id).toBe(propertiesOf(made).virtual_network_network_id);
  expect(changed.refs).toEqual([]);
  const same = await update({ ...changed, revision: 0n });
  expect(same.revision).toBe(changed.revision);

  const listed = await all(client.list({ type: "virtual-network", parentUuids: [made.parentUuid] }));
  expect(listed.map(({ uuid }) => uuid)).toContain(made.uuid);
  expect(await all(client.list({ type: "virtual-network", parentUuids: [policy.uuid] }))).toEqual([]);
  await call((done) => client.delete(key, done));
  await expect(call((done) => client.read(key, done))).rejects.toMatchObject({ code: status.NOT_FOUND });
});

test("a watcher gets the objects as they are, in_sync, and each change; behind a position only what came later", async () => {
  const made = await create(network("before", {}));
  const query = { types: ["virtual-network"], after: undefined };
  const first = await eventsUntil(query, "after", () => create(network("after", {})));
  const sync = first.findIndex(({ inSync }) => inSync);
  expect(sync).toBeGreaterThan(0);
  expect(first.slice(0, sync).map(({ change }) => change?.change?.value.uuid)).toContain(made.uuid);
  expect(first.slice(0, sync).every(({ position }) => position === undefined)).toBe(true);
  const position = first.at(-1)?.position;
  await call((done) => client.delete({ type: "virtual-network", uuid: made.uuid }, done));
  const later = await eventsUntil({ ...query, after: position }, "before");
  expect(later.some(({ inSync }) => inSync)).toBe(false);
  expect(later.at(-1)?.change?.change).toMatchObject({
    $case: "remove",
    value: { type: "virtual-network", uuid: made.uuid },
  });
  expect(later.every((event) => (event.position ?? 0n) > (position ?? 0n))).toBe(true);
});

test.each<[string, Partial<configWire.Object>, number, RegExp]>([
  ["an unknown type", { type: "colour" }, status.NOT_FOUND, /Invalid Contrail resource type:'colour'/],
  ["no name", { fqName: [] }, status.INVALID_ARGUMENT, /fq_name is missing/],
  ["properties that are no JSON", { properties: Buffer.from("{") }, status.INVALID_ARGUMENT, /must be JSON/],
  ["properties that are no object", { properties: Buffer.from("[]") }, status.INVALID_ARGUMENT, /JSON object/],
  ["a bad property", { properties: Buffer.from('{"mtu":"x"}') }, status.INVALID_ARGUMENT, /^.*Bad property in create/],
  ["a name that is taken", { fqName: [...PROJECT, "ip-fabric"] }, status.ALREADY_EXISTS, /already exists with uuid/],
  [
    "a reference that the type has not",
    { refs: [{ toType: "domain", toUuid: "x", toFqName: [], attr: Buffer.alloc(0) }] },
    status.INVALID_ARGUMENT,
    /has no references to domain/,
  ],
])("is refused as by REST: %s", async (what, change, code, text) => {
  const refusal = expect.objectContaining({ code, details: expect.stringMatching(text) });
  await expect(create(network(`refused ${what}`, {}, change))).rejects.toEqual(refusal);
});

test("an update of another revision is refused, and changes nothing", async () => {
  const made = await create(network("revised", { mtu: 1400 }));
  const stale = network("revised", { mtu: 1300 }, { uuid: made.uuid, revision: made.revision + 5n });
  await expect(update(stale)).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
  expect(await call((done) => client.read({ type: made.type, uuid: made.uuid }, done))).toEqual(made);
});

test("a control node may read and not write; an agent may do neither", async () => {
  const [control, agent] = [await clientOf("control"), await clientOf("agent")];
  const made = await create(network("roles", {}));
  const key = { type: made.type, uuid: made.uuid };
  expect(await call((done) => control.read(key, done))).toEqual(made);
  const denied = { code: status.PERMISSION_DENIED };
  await expect(call((done) => control.delete(key, done))).rejects.toMatchObject(denied);
  await expect(call((done) => control.create(network("theirs", {}), done))).rejects.toMatchObject(denied);
  await expect(call((done) => agent.read(key, done))).rejects.toMatchObject(denied);
});
