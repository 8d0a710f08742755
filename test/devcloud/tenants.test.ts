import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExtensionCloud } from "./extension-cloud.ts";
import { holdings } from "./holdings.ts";
import { isByName, type Named, NOT_FOUND, namedBy, type Thing } from "./named-things.ts";
import type { Body, Parameters, SignedClient } from "./signed-client.ts";
import { type Stranger, strangers, type Tenant, TenantWorld } from "./tenant-world.ts";

/** A command of listApis, with the parameters that it takes. */
interface Api {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly type: string; readonly required: boolean }[];
}

async function apisOf(client: SignedClient): Promise<readonly Api[]> {
  return (await client.call("listApis")).api as unknown as readonly Api[]; // By the API.
}

/** Values that a parameter must have so that the call is looked at; of what names things the caller's own stand there. */
const TEXTS: Readonly<Record<string, string>> = {
  userdata: "eA==",
  type: "host anti-affinity",
  resourcetype: "UserVm",
  publickey: `ssh-rsa ${Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from("ssh-rsa"), Buffer.alloc(64, 9)]).toString("base64")}`,
  payloadurl: "http://192.0.2.9/",
  templatefilter: "all",
  accounttype: "0",
  email: "x@example.com",
};

/** What a command needs beside what listApis calls required. */
const SETTLED: Readonly<Record<string, (own: Tenant) => Parameters>> = {
  runCustomAction: () => ({ resourcetype: "Network" }),
  listNics: ({ ids }) => ({ virtualmachineid: ids.machine }),
};

describe("one account never sees or reaches another's objects", () => {
  let world: TenantWorld;
  let cloud: ExtensionCloud;
  let alice: Tenant;
  let everything: readonly Api[];
  /** What is there that a call cannot do without, and is everybody's, by parameter. */
  let common: Readonly<Record<string, string>>;

  beforeAll(async () => {
    world = await TenantWorld.start();
    cloud = world.cloud;
    alice = world.tenant("alice");
    everything = await apisOf(cloud.admin);
    const { serviceofferingid = "", templateid = "" } = await cloud.machine("m", []);
    const action = {
      extensionid: cloud.extension,
      name: "dump",
      enabled: "true",
      allowedroletypes: "User,DomainAdmin",
    };
    const made = await cloud.admin.call("addCustomAction", action);
    common = {
      zoneid: cloud.zone,
      networkofferingid: cloud.offering,
      serviceofferingid,
      templateid,
      customactionid: String((made.extensioncustomaction as Body).id),
    };
  });

  afterAll(() => cloud?.process.stop());

  const warden = (): SignedClient => world.tenant("warden").client;

  /** Parameters with which a stranger's call is a good one, but for what it shall name of alice. */
  function base({ name: command, params }: Api, stranger: Tenant): Record<string, string> {
    const given: Record<string, string> = { ...SETTLED[command]?.(stranger) };
    for (const { name, type, required } of params) {
      const named = namedBy(command, name);
      const isWanted = required || name === "templateid" || (name === "accounttype" && command === "createAccount");
      if (!isWanted || name in given) continue;
      if (type === "map") Object.assign(given, { [`${name}[0].key`]: "k", [`${name}[0].value`]: "v" });
      else if (named !== undefined && named !== "none") given[name] = nameOf(stranger, name, named);
      else given[name] = common[name] ?? TEXTS[name] ?? (name === "account" ? stranger.name : "something");
    }
    return given;
  }

  function nameOf({ ids, names }: Tenant, parameter: string, thing: Thing): string {
    return isByName(parameter) ? names[thing] : ids[thing];
  }

  /** What stands in a call for a thing of alice. */
  function hers(parameter: string, thing: Thing): Record<string, string> {
    const value = nameOf(alice, parameter, thing);
    if (parameter === "account") return { account: value, domainid: alice.ids.domain };
    return parameter === "iptonetworklist" ? { "iptonetworklist[0].networkid": value } : { [parameter]: value };
  }

  /** The ways in which a command can be asked for what is alice's. */
  function attempts(api: Api): readonly (readonly [parameter: string, named: Named | undefined])[] {
    return api.params
      .map(({ name }) => [name, namedBy(api.name, name)] as const)
      .filter(([, named]) => named !== "none");
  }

  /** What a list shows that it should not. */
  function leaked(text: string): readonly string[] {
    return alice.secrets.filter((secret) => text.includes(secret));
  }

  async function ask(stranger: Tenant, command: string, parameters: Parameters) {
    return stranger.client.send({ ...parameters, command, response: "json" }, "POST");
  }

  test("somebody has said of every parameter of every command whether it names something of an account", async () => {
    const all = await Promise.all(strangers.map(({ name }) => apisOf(world.tenant(name).client)));
    const unsaid = all.flat().flatMap(({ name: command, params }) => {
      return params.filter(({ name }) => namedBy(command, name) === undefined).map(({ name }) => `${command} ${name}`);
    });
    expect(unsaid).toEqual([]);
  });

  test.each(strangers)("$who ($name) reaches nothing of hers by any command", async (who: Stranger) => {
    const stranger = world.tenant(who.name);
    const own = await apisOf(stranger.client);
    const mine = new Set(own.map(({ name }) => name));
    const before = await holdings(cloud.admin);
    const wrong: string[] = [];
    let [calls, refused, lists] = [0, 0, 0];
    for (const { name } of everything.filter((api) => !mine.has(api.name))) {
      const { status, text } = await ask(stranger, name, {});
      refused += 1;
      if (status !== 432) wrong.push(`${name}: ${status} ${text}, and it is not in the stranger's listApis`);
    }
    for (const api of own) {
      const isList = api.name.startsWith("list");
      const tries = attempts(api);
      if (!isList && tries.length === 0) wrong.push(`${api.name} names nothing of an account: try it by hand`);
      if (isList) {
        for (const way of waysToList(api)) {
          const { text } = await ask(stranger, api.name, { ...base(api, stranger), ...way });
          lists += 1;
          const shown = leaked(text);
          if (shown.length > 0) wrong.push(`${api.name} ${JSON.stringify(way)} shows ${shown.join(", ")}`);
        }
      }
      for (const [parameter, named] of tries) {
        if (named === undefined || named === "none") continue;
        // Her domain is the neighbour's too, and whoever is in it may name it.
        if (named === "domain" && stranger.ids.domain === alice.ids.domain && !isList) continue;
        const { status, text } = await ask(stranger, api.name, { ...base(api, stranger), ...hers(parameter, named) });
        calls += 1;
        const [wanted, saying] = NOT_FOUND[`${api.name} ${parameter}`] ?? [531, /"errorcode":531/];
        const isRefused = status === wanted && saying.test(text);
        const isEmpty = isList && status === 200 && leaked(text).length === 0;
        if (!isRefused && !isEmpty)
          wrong.push(`${api.name} ${JSON.stringify(hers(parameter, named))}: ${status} ${text}`);
      }
    }
    process.stdout.write(`${who.name}: ${refused} commands above the role, ${calls} calls with hers, ${lists} lists\n`);
    expect(wrong).toEqual([]);
    expect(await holdings(cloud.admin)).toEqual(before);
  });

  /** What widens a list: all that it may show, of all projects, of all domains; and what is called as hers is. */
  function waysToList(api: Api): readonly Parameters[] {
    const takes = new Set(api.params.map(({ name }) => name));
    const ways: readonly Parameters[] = [
      {},
      { listall: "true" },
      { listall: "true", projectid: "-1" },
      { listall: "true", isrecursive: "true", domainid: alice.ids.domain },
      { listall: "true", keyword: "of-alice" },
    ];
    return ways.filter((way) => Object.keys(way).every((name) => takes.has(name)));
  }

  test("what is looked for is there: alice sees each of hers by the lists that strangers are asked by", async () => {
    const seen = new Set<Thing>();
    for (const api of await apisOf(alice.client)) {
      if (!api.name.startsWith("list")) continue;
      for (const [parameter, named] of attempts(api)) {
        if (named === undefined || named === "none") continue;
        const { status, text } = await ask(alice, api.name, { ...base(api, alice), ...hers(parameter, named) });
        if (status === 200 && text.includes(alice.ids[named])) seen.add(named);
      }
    }
    // A job is told by queryAsyncJobResult while it is not at work, a secondary address by listNics.
    const things = Object.keys(alice.ids) as Thing[];
    expect(things.filter((thing) => !seen.has(thing))).toEqual(["secondary", "job"]);
    const nics = JSON.stringify(await alice.client.call("listNics", { nicid: alice.ids.nic }));
    expect(nics).toContain(alice.ids.secondary);
    expect(await alice.client.call("queryAsyncJobResult", { jobid: alice.ids.job })).toMatchObject({ jobstatus: 1 });
  });

  test("a webhook of a tenant does not lead to the cloud's own host", async () => {
    for (const host of ["127.0.0.1:8080", "[::1]", "0x7f.1", "169.254.169.254"]) {
      const refused = warden().call("createWebhook", { name: "w", payloadurl: `http://${host}/` });
      await expect(refused).rejects.toThrow(/^createWebhook: 431 Invalid payload URL/);
    }
    const { webhook } = await warden().call("createWebhook", {
      name: "w",
      payloadurl: "http://192.0.2.9/",
      state: "Disabled",
    });
    const moved = warden().call("updateWebhook", { id: String((webhook as Body).id), payloadurl: "http://127.0.0.1/" });
    await expect(moved).rejects.toThrow(/^updateWebhook: 431 Invalid payload URL/);
    await warden().call("deleteWebhook", { id: String((webhook as Body).id) });
  });

  test("networks without source NAT are the root administrator's to make, with gateway and netmask, outside the zone's VLANs", async () => {
    const wish = { name: "v", networkofferingid: cloud.offering, zoneid: cloud.zone, vlan: "799" };
    const subnet = { gateway: "10.7.0.1", netmask: "255.255.255.0" };
    const refused = async (client: SignedClient, more: Parameters): Promise<readonly unknown[]> => {
      const { status, text } = await client.send({ command: "createNetwork", response: "json", ...wish, ...more });
      return [status, (JSON.parse(text) as { createnetworkresponse: Body }).createnetworkresponse.errortext];
    };
    const rootOnly = "Only ROOT admin is allowed to specify vlanId or bypass vlan overlap check";
    expect(await refused(warden(), subnet)).toEqual([431, rootOnly]);
    expect(await refused(cloud.admin, {})).toEqual([431, expect.stringContaining("gateway/netmask are required")]);
    expect(await refused(cloud.admin, { ...subnet, vlan: "100" })).toEqual([
      431,
      expect.stringContaining("is already being used for dynamic vlan allocation"),
    ]);
  });

  test("an admin of a domain may not make a root admin, nor look into another domain", async () => {
    const person = { username: "evil", firstname: "f", lastname: "l", email: "e@example.com", password: "p" };
    expect(
      (await warden().send({ ...person, command: "createAccount", response: "json", accounttype: "1" })).status,
    ).toBe(531);
    const domainid = alice.ids.domain;
    expect((await warden().send({ command: "listNetworks", response: "json", domainid })).status).toBe(531);
    expect(
      (await warden().send({ ...person, command: "createAccount", response: "json", accounttype: "0", domainid }))
        .status,
    ).toBe(531);
    expect(JSON.stringify(await warden().call("listDomains"))).not.toContain("acme");
    expect((await warden().send({ command: "listHosts", response: "json" })).status).toBe(432);
  });
});
