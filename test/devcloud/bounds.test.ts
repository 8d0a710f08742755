import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DevCloudProcess } from "./devcloud-process.ts";
import type { Body, Parameters, SignedClient } from "./signed-client.ts";

const MOST = 3;
let cloud: DevCloudProcess;
let admin: SignedClient;

beforeAll(async () => {
  cloud = await DevCloudProcess.start(["--max-per-account", String(MOST)]);
  admin = cloud.admin();
});

afterAll(() => cloud?.stop());

/** An account of its own with the key of its user. */
async function account(name: string): Promise<{ readonly client: SignedClient; readonly user: string }> {
  const person = { username: name, firstname: "f", lastname: "l", email: "e@example.com", password: "p" };
  const made = await admin.call("createAccount", { ...person, accounttype: "0" });
  const [user] = (made.account as Body).user as readonly Body[]; // One user.
  return { client: await clientOf(String(user?.id)), user: String(user?.id) };
}

async function clientOf(user: string): Promise<SignedClient> {
  const { userkeys } = await admin.job("registerUserKeys", { id: user });
  const { apikey, secretkey } = userkeys as Body;
  return cloud.client({ apiKey: String(apikey), secretKey: String(secretkey) });
}

const KINDS: readonly (readonly [
  command: string,
  type: string,
  list: string,
  key: string,
  more: (index: number) => Parameters,
])[] = [
  [
    "createWebhook",
    "webhook",
    "listWebhooks",
    "webhook",
    () => ({ payloadurl: "http://192.0.2.9/", state: "Disabled" }),
  ],
  ["registerUserData", "user_data", "listUserData", "userdata", () => ({ userdata: "eA==" })],
  ["createSSHKeyPair", "ssh_key_pair", "listSSHKeyPairs", "sshkeypair", () => ({})],
  [
    "createAffinityGroup",
    "affinity_group",
    "listAffinityGroups",
    "affinitygroup",
    () => ({ type: "host anti-affinity" }),
  ],
];

test.each(KINDS)("%s is refused with 535 beyond what an account may have", async (command, type, list, key, more) => {
  const [one, other] = [await account(`${type}-one`), await account(`${type}-other`)];
  const make = (client: SignedClient, index: number): Promise<Body> =>
    client.call(command, { name: `n${index}`, ...more(index) });
  for (let index = 0; index < MOST; index++) await make(one.client, index);
  await expect(make(one.client, MOST)).rejects.toThrow(
    `${command}: 535 Maximum amount of resources of Type = '${type}', tag = 'null' for Account Name = ${type}-one in Domain Id = 1 is exceeded: Account Resource Limit = ${MOST}, Current Account Resource Amount = ${MOST}, Current Account Resource Reservation = 0, Requested Resource Amount = 1.`,
  );
  // The bound is each account's own, an administrator's too, and what goes makes room.
  await make(other.client, 0);
  await expect(
    admin.call(command, { name: "n", ...more(0), account: `${type}-one`, domainid: await root() }),
  ).rejects.toThrow(/: 535 /);
  const listed = (await one.client.call(list))[key] as readonly Body[];
  expect(listed).toHaveLength(MOST);
  await remove(one.client, command, listed[0] ?? {});
  await make(one.client, MOST + 1);
});

async function root(): Promise<string> {
  const [domain] = (await admin.call("listDomains", { name: "ROOT" })).domain as readonly Body[];
  return String(domain?.id);
}

async function remove(client: SignedClient, made: string, { id, name }: Body): Promise<void> {
  if (made === "createWebhook") await client.call("deleteWebhook", { id: String(id) });
  else if (made === "registerUserData") await client.call("deleteUserData", { id: String(id) });
  else if (made === "createSSHKeyPair") await client.call("deleteSSHKeyPair", { name: String(name) });
  else await client.job("deleteAffinityGroup", { id: String(id) });
}

test("of a user's API keys the oldest gives way, but for the one in the admin's key file", async () => {
  const { client, user } = await account("keys");
  const second = await clientOf(user);
  for (let more = 0; more < MOST - 1; more++) await clientOf(user);
  expect(await second.call("listZones")).toMatchObject({ count: 1 });
  await expect(client.call("listZones")).rejects.toThrow(/: 401 /);
  const [own] = (await admin.call("listUsers", { username: "admin" })).user as readonly Body[];
  for (let more = 0; more < MOST + 1; more++) await clientOf(String(own?.id));
  expect(await admin.call("listZones")).toMatchObject({ count: 1 });
  expect((await admin.call("listUserKeys", { userid: String(own?.id) })).count).toBe(MOST);
});

test("files with secrets are their owner's only, also where an older one was everybody's; payloads of a killed cloud go", async () => {
  const named = await DevCloudProcess.start();
  try {
    await named.kill();
    writeFileSync(named.keyFile, "older\n");
    chmodSync(named.keyFile, 0o644);
    const payloads = join(named.directory, "payloads");
    writeFileSync(join(payloads, "left.json"), "a password");
    chmodSync(payloads, 0o755);
    await named.run();
    expect([readdirSync(payloads), statSync(payloads).mode & 0o777]).toEqual([[], 0o700]);
    const open = readdirSync(named.directory, { withFileTypes: true })
      .filter((entry) => entry.isFile() && (statSync(join(named.directory, entry.name)).mode & 0o077) !== 0)
      .map(({ name }) => name);
    expect(open).toEqual([]);
    expect(await named.admin().call("listZones")).toMatchObject({ count: 1 });
  } finally {
    await named.stop();
  }
});
