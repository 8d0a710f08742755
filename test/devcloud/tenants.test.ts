import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ExtensionCloud } from "./extension-cloud.ts";
import type { Body, Parameters, SignedClient } from "./signed-client.ts";

describe("one account never sees or reaches another's objects", () => {
  let cloud: ExtensionCloud;
  let stranger: SignedClient;
  /** What makes the admin's call one for an account. */
  let of: (name: "alice" | "mallory") => Parameters;
  /** Things of alice, by the name of their kind. */
  const hers: Record<string, string> = {};

  async function account(name: string, type: string, domainid: string): Promise<SignedClient> {
    const person = { username: name, firstname: "f", lastname: "l", email: "e@example.com", password: "p" };
    const made = await cloud.admin.call("createAccount", { ...person, accounttype: type, domainid });
    const [user] = (made.account as Body).user as readonly Body[]; // One user.
    hers[name] = String((made.account as Body).id);
    hers[`${name}-user`] = String(user?.id);
    const { userkeys } = await cloud.admin.job("registerUserKeys", { id: String(user?.id) });
    return cloud.process.client({
      apiKey: String((userkeys as Body).apikey),
      secretKey: String((userkeys as Body).secretkey),
    });
  }

  beforeAll(async () => {
    cloud = await ExtensionCloud.start();
    const domain = async (name: string): Promise<string> =>
      String(((await cloud.admin.call("createDomain", { name })).domain as Body).id);
    const domains = { alice: await domain("acme"), mallory: await domain("other") };
    of = (name) => ({ account: name, domainid: domains[name] });
    const alice = await account("alice", "0", domains.alice);
    stranger = await account("mallory", "2", domains.mallory);
    const offered = {
      networkofferingid: cloud.offering,
      zoneid: cloud.zone,
      gateway: "10.7.0.1",
      netmask: "255.255.255.0",
    };
    const network = await cloud.admin.call("createNetwork", { name: "n", vlan: "701", ...of("alice"), ...offered });
    hers.network = String((network.network as Body).id);
    const key = await alice.call("createSSHKeyPair", { name: "k" });
    hers.keyPair = String((key.keypair as Body).id);
    const data = await alice.call("registerUserData", { name: "d", userdata: "eA==" });
    hers.userData = String((data.userdata as Body).id);
    const { id, jobid } = await alice.call("deployVirtualMachine", {
      ...(await cloud.machine("m", [hers.network])),
      keypair: "k",
    });
    hers.machine = String(id);
    hers.job = String(jobid);
    await alice.ended(hers.job);
    const nics = (await alice.call("listNics", { virtualmachineid: hers.machine })).nic as readonly Body[];
    hers.nic = String(nics[0]?.id);
    hers.secondary = String(((await alice.job("addIpToNic", { nicid: hers.nic })).nicsecondaryip as Body).id);
    hers.project = String(((await alice.job("createProject", { name: "p" })).project as Body).id);
    const group = await alice.job("createAffinityGroup", { name: "g", type: "host anti-affinity" });
    hers.group = String((group.affinitygroup as Body).id);
    const hook = await alice.call("createWebhook", { name: "w", payloadurl: "http://192.0.2.9/", state: "Disabled" });
    hers.webhook = String((hook.webhook as Body).id);
  });

  afterAll(() => cloud?.process.stop());

  const LISTS = [
    ["listNetworks", "network"],
    ["listVirtualMachines", "machine"],
    ["listSSHKeyPairs", "keyPair"],
    ["listUserData", "userData"],
    ["listAffinityGroups", "group"],
    ["listProjects", "project"],
    ["listWebhooks", "webhook"],
    ["listAccounts", "alice"],
    ["listUsers", "alice-user"],
  ] as const;

  test.each(LISTS)("%s shows nothing of hers, by id or with listall", async (command, kind) => {
    const ways: readonly Parameters[] = [
      { id: hers[kind] ?? "" },
      { listall: "true" },
      { listall: "true", projectid: "-1" },
    ];
    for (const parameters of ways) {
      const found = JSON.stringify(await stranger.call(command, parameters));
      expect(found).not.toContain(hers[kind]);
    }
  });

  test.each(["listTags", "listEvents", "listAsyncJobs"])("%s with listall shows nothing of hers", async (command) => {
    const found = JSON.stringify(await stranger.call(command, { listall: "true" }));
    for (const id of Object.entries(hers)) if (!id[0].startsWith("mallory")) expect(found).not.toContain(id[1]);
  });

  const CALLS: readonly (readonly [command: string, parameters: () => Record<string, string>])[] = [
    ["updateNetwork", () => ({ id: hers.network ?? "", name: "x" })],
    ["restartNetwork", () => ({ id: hers.network ?? "" })],
    ["deleteNetwork", () => ({ id: hers.network ?? "" })],
    ...["start", "stop", "reboot", "destroy", "update", "recover", "expunge"].map(
      (verb) => [`${verb}VirtualMachine`, () => ({ id: hers.machine ?? "" })] as const,
    ),
    ["resetPasswordForVirtualMachine", () => ({ id: hers.machine ?? "" })],
    ["resetUserDataForVirtualMachine", () => ({ id: hers.machine ?? "", userdata: "eA==" })],
    ["listNics", () => ({ virtualmachineid: hers.machine ?? "" })],
    ["addNicToVirtualMachine", () => ({ virtualmachineid: hers.machine ?? "", networkid: hers.network ?? "" })],
    ["removeNicFromVirtualMachine", () => ({ virtualmachineid: hers.machine ?? "", nicid: hers.nic ?? "" })],
    ["updateDefaultNicForVirtualMachine", () => ({ virtualmachineid: hers.machine ?? "", nicid: hers.nic ?? "" })],
    ["addIpToNic", () => ({ nicid: hers.nic ?? "" })],
    ["removeIpFromNic", () => ({ id: hers.secondary ?? "" })],
    ["updateVmNicIp", () => ({ nicid: hers.nic ?? "" })],
    [
      "createTags",
      () => ({ resourceids: hers.machine ?? "", resourcetype: "UserVm", "tags[0].key": "a", "tags[0].value": "b" }),
    ],
    ["deleteTags", () => ({ resourceids: hers.machine ?? "", resourcetype: "UserVm" })],
    ["deleteUserData", () => ({ id: hers.userData ?? "" })],
    ["deleteAffinityGroup", () => ({ id: hers.group ?? "" })],
    ["updateProject", () => ({ id: hers.project ?? "", displaytext: "x" })],
    ["deleteProject", () => ({ id: hers.project ?? "" })],
    ["addAccountToProject", () => ({ projectid: hers.project ?? "", account: "mallory" })],
    ["listProjectAccounts", () => ({ projectid: hers.project ?? "" })],
    ["updateWebhook", () => ({ id: hers.webhook ?? "", name: "x" })],
    ["deleteWebhook", () => ({ id: hers.webhook ?? "" })],
    ["queryAsyncJobResult", () => ({ jobid: hers.job ?? "" })],
    ["registerUserKeys", () => ({ id: hers["alice-user"] ?? "" })],
    ["getUserKeys", () => ({ id: hers["alice-user"] ?? "" })],
    ["updateUser", () => ({ id: hers["alice-user"] ?? "", password: "x" })],
    ["deleteUser", () => ({ id: hers["alice-user"] ?? "" })],
    ["disableAccount", () => ({ id: hers.alice ?? "", lock: "false" })],
    ["deleteAccount", () => ({ id: hers.alice ?? "" })],
  ];

  test.each(CALLS)("%s of hers is refused, with 531", async (command, parameters) => {
    const { status, text } = await stranger.send({ command, response: "json", ...parameters() });
    expect([status, text]).toEqual([531, expect.stringContaining('"errorcode":531')]);
  });

  test("a webhook of a tenant does not lead to the cloud's own host", async () => {
    for (const host of ["127.0.0.1:8080", "[::1]", "0x7f.1", "169.254.169.254"]) {
      const refused = stranger.call("createWebhook", { name: "w", payloadurl: `http://${host}/` });
      await expect(refused).rejects.toThrow(/^createWebhook: 431 Invalid payload URL/);
    }
    const { webhook } = await stranger.call("createWebhook", {
      name: "w",
      payloadurl: "http://192.0.2.9/",
      state: "Disabled",
    });
    const moved = stranger.call("updateWebhook", { id: String((webhook as Body).id), payloadurl: "http://127.0.0.1/" });
    await expect(moved).rejects.toThrow(/^updateWebhook: 431 Invalid payload URL/);
    await stranger.call("deleteWebhook", { id: String((webhook as Body).id) });
  });

  test("networks without source NAT are the root administrator's to make, with gateway and netmask, outside the zone's VLANs", async () => {
    const wish = { name: "v", networkofferingid: cloud.offering, zoneid: cloud.zone, vlan: "703" };
    const subnet = { gateway: "10.7.0.1", netmask: "255.255.255.0" };
    const refused = async (client: SignedClient, more: Parameters): Promise<readonly unknown[]> => {
      const { status, text } = await client.send({ command: "createNetwork", response: "json", ...wish, ...more });
      return [status, (JSON.parse(text) as { createnetworkresponse: Body }).createnetworkresponse.errortext];
    };
    const rootOnly = "Only ROOT admin is allowed to specify vlanId or bypass vlan overlap check";
    expect(await refused(stranger, subnet)).toEqual([431, rootOnly]);
    expect(await refused(cloud.admin, {})).toEqual([431, expect.stringContaining("gateway/netmask are required")]);
    expect(await refused(cloud.admin, { ...subnet, vlan: "100" })).toEqual([
      431,
      expect.stringContaining("is already being used for dynamic vlan allocation"),
    ]);
  });

  test("a machine is not plugged into her network, has no keys or data of hers", async () => {
    const plain = await cloud.machine("x", [hers.network ?? ""]);
    expect((await stranger.send({ ...plain, command: "deployVirtualMachine", response: "json" })).status).toBe(531);
    const own = await cloud.admin.call("createNetwork", {
      name: "o",
      ...of("mallory"),
      networkofferingid: cloud.offering,
      zoneid: cloud.zone,
      vlan: "702",
      gateway: "10.7.0.1",
      netmask: "255.255.255.0",
    });
    const networkids = String((own.network as Body).id);
    const hersToo: readonly Parameters[] = [
      { keypair: "k" },
      { userdataid: hers.userData ?? "" },
      { affinitygroupids: hers.group ?? "" },
    ];
    for (const more of hersToo) {
      const answer = await stranger.send({
        ...plain,
        networkids,
        ...more,
        command: "deployVirtualMachine",
        response: "json",
      });
      expect(answer.status).toBeGreaterThan(400);
    }
    const two = { "iptonetworklist[0].networkid": hers.network ?? "" };
    expect(
      (await stranger.send({ ...plain, networkids, ...two, command: "deployVirtualMachine", response: "json" })).status,
    ).toBe(431);
  });

  test("an admin of a domain may not make a root admin, nor look into another domain", async () => {
    const person = { username: "evil", firstname: "f", lastname: "l", email: "e@example.com", password: "p" };
    expect(
      (await stranger.send({ ...person, command: "createAccount", response: "json", accounttype: "1" })).status,
    ).toBe(531);
    const domains = (await cloud.admin.call("listDomains", { name: "acme" })).domain as readonly Body[];
    const domainid = String(domains[0]?.id);
    expect((await stranger.send({ command: "listNetworks", response: "json", domainid })).status).toBe(531);
    expect(
      (await stranger.send({ ...person, command: "createAccount", response: "json", accounttype: "0", domainid }))
        .status,
    ).toBe(531);
    expect(JSON.stringify(await stranger.call("listDomains"))).not.toContain("acme");
    expect((await stranger.send({ command: "listHosts", response: "json" })).status).toBe(432);
  });
});
