import { ExtensionCloud } from "./extension-cloud.ts";
import type { Thing } from "./named-things.ts";
import type { Body, Parameters, SignedClient } from "./signed-client.ts";

/** What one account has: the uuid of each thing, and what it is called. */
export interface Tenant {
  readonly name: string;
  readonly client: SignedClient;
  readonly ids: Readonly<Record<Thing, string>>;
  readonly names: Readonly<Record<Thing, string>>;
  /** Texts that nobody else may be shown. */
  readonly secrets: readonly string[];
}

/** Who is who: alice, whose things are not for the others. */
const STRANGERS = [
  { name: "neighbour", type: "0", domain: "acme", who: "a user of her domain" },
  { name: "foreigner", type: "0", domain: "other", who: "a user of another domain" },
  { name: "warden", type: "2", domain: "other", who: "an admin of another domain" },
  { name: "junior", type: "2", domain: "below", who: "an admin of a domain below hers" },
] as const;

export type Stranger = (typeof STRANGERS)[number];
export const strangers: readonly Stranger[] = STRANGERS;

/** A cloud with alice and the strangers, each with a thing of every kind. */
export class TenantWorld {
  readonly cloud: ExtensionCloud;
  readonly domains: Readonly<Record<string, string>>;
  readonly #tenants = new Map<string, Tenant>();
  #vlan = 701;

  private constructor(cloud: ExtensionCloud, domains: Readonly<Record<string, string>>) {
    this.cloud = cloud;
    this.domains = domains;
  }

  static async start(): Promise<TenantWorld> {
    const cloud = await ExtensionCloud.start();
    const domain = async (name: string, more: Parameters = {}): Promise<string> =>
      idOf((await cloud.admin.call("createDomain", { name, ...more })).domain);
    const acme = await domain("acme");
    const below = await domain("below", { parentdomainid: acme });
    const world = new TenantWorld(cloud, { acme, other: await domain("other"), below });
    for (const one of [{ name: "alice", type: "0", domain: "acme" }, ...STRANGERS]) {
      world.#tenants.set(one.name, await world.#furnish(one.name, one.type, one.domain));
    }
    return world;
  }

  tenant(name: string): Tenant {
    const found = this.#tenants.get(name);
    if (found === undefined) throw new Error(`no tenant ${name}`);
    return found;
  }

  /** What makes the admin's call one for an account of a domain. */
  of(name: string, domain: string): Parameters {
    return { account: name, domainid: this.domains[domain] ?? "" };
  }

  /** Makes a network of a tenant; gives its id. */
  network(name: string, owner: Parameters): Promise<string> {
    return this.cloud.network(name, this.#vlan++, { ...owner, gateway: "10.7.0.1", netmask: "255.255.255.0" });
  }

  async #furnish(name: string, type: string, domain: string): Promise<Tenant> {
    const { admin } = this.cloud;
    const person = { username: name, firstname: "f", lastname: "l", email: `${name}@example.com`, password: "p" };
    const where = { accounttype: type, domainid: this.domains[domain] ?? "" };
    const { account } = await admin.call("createAccount", { ...person, ...where });
    const [user] = (account as Body).user as readonly Body[]; // One user.
    const key = (await admin.job("registerUserKeys", { id: idOf(user) })).userkeys as Body;
    const client = this.cloud.process.client({ apiKey: String(key.apikey), secretKey: String(key.secretkey) });
    const network = await this.network(called("net", name), this.of(name, domain));
    const { ids: small, secret } = await smallThings(client, name);
    const wish = { keypair: called("key", name), userdata: secret, affinitygroupids: small.group };
    const plan = await this.cloud.machine(called("vm", name), [network], {
      ...wish,
      startvm: String(name === "alice"),
    });
    const { ids: ofMachine, password } = await machineOf(client, name, plan);
    const own = { account: idOf(account), user: idOf(user), network, ...small, ...ofMachine };
    // A domain is told to who is in it, or above or below.
    const secrets = [...Object.values(own), password, String(key.apikey), String(key.secretkey), secret];
    const ids: Record<Thing, string> = { ...own, domain: this.domains[domain] ?? "" };
    const names: Record<Thing, string> = {
      ...ids,
      ...{ account: name, user: name, domain, project: called("project", name), network: called("net", name) },
      ...{ machine: called("vm", name), keyPair: called("key", name), userData: called("data", name) },
      ...{ group: called("group", name), webhook: called("hook", name) },
    };
    return { name, client, ids, names, secrets: [...secrets, called("", name), person.email] };
  }
}

/** What a thing of somebody is called. */
function called(what: string, name: string): string {
  return `${what}-of-${name}`;
}

/** What an account makes for itself alone. */
async function smallThings(client: SignedClient, name: string) {
  const secret = Buffer.from(`data of ${name}`).toString("base64");
  const pair = await client.call("createSSHKeyPair", { name: called("key", name) });
  const data = await client.call("registerUserData", { name: called("data", name), userdata: secret });
  const kind = { type: "host anti-affinity" };
  const { affinitygroup } = await client.job("createAffinityGroup", { name: called("group", name), ...kind });
  const { project } = await client.job("createProject", { name: called("project", name) });
  const url = { payloadurl: "http://192.0.2.9/", state: "Disabled" };
  const hook = await client.call("createWebhook", { name: called("hook", name), ...url });
  const [key] = (await client.call("listUserKeys")).userapikey as readonly Body[];
  const ids = { keyPair: idOf(pair.keypair), userData: idOf(data.userdata), group: idOf(affinitygroup) };
  return { ids: { ...ids, project: idOf(project), webhook: idOf(hook.webhook), key: idOf(key) }, secret };
}

/** A machine with what hangs on it. */
async function machineOf(client: SignedClient, name: string, plan: Parameters) {
  const { id: machine, jobid } = await client.call("deployVirtualMachine", plan);
  const ended = await client.ended(String(jobid));
  const { password } = (ended.jobresult as Body).virtualmachine as Body;
  if (typeof password !== "string") throw new Error("a machine has no password");
  const [nic] = (await client.call("listNics", { virtualmachineid: String(machine) })).nic as readonly Body[];
  const secondary = (await client.job("addIpToNic", { nicid: idOf(nic) })).nicsecondaryip;
  const tag = { "tags[0].key": called("tag", name), "tags[0].value": "v" };
  await client.job("createTags", { resourceids: String(machine), resourcetype: "UserVm", ...tag });
  const [event] = (await client.call("listEvents")).event as readonly Body[];
  const ids = { machine: String(machine), nic: idOf(nic), secondary: idOf(secondary), job: String(jobid) };
  return { ids: { ...ids, event: idOf(event) }, password };
}

function idOf(made: unknown): string {
  const { id } = made as Body; // An object of an answer.
  if (typeof id !== "string") throw new Error(`no id in ${JSON.stringify(made)}`);
  return id;
}
