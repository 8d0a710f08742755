import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { ApiObject, CloudStackClient } from "@contrail/cloudstack-api";
import { ContrailError } from "@contrail/errors";
import { DEFAULT_OFFERING } from "../cloudstack/installation.ts";
import type { Cloud, CloudMachine } from "../supervisor/cloud.ts";
import { anyVlan } from "./any-vlan.ts";

/** An account in a domain of its own, with a key of its own. */
export interface Tenant {
  readonly name: string;
  readonly domainId: string;
  readonly client: CloudStackClient;
  /** Public key of its key pair, as a line of authorized_keys. */
  readonly publicKey: string;
}

/** What is asked of a machine. */
export interface MachineWish {
  readonly name: string;
  /** Name of its tenant and of its network. */
  readonly tenant: string;
  readonly network: string;
  readonly host: string;
  readonly address: string;
  /** Plain text. */
  readonly userData: string;
}

/** A machine that runs. */
export interface DemoMachine extends CloudMachine {
  /** As the answer of the deployment has it. */
  readonly password: string;
}

const KEY_PAIR = "demo";
const VLAN_ATTEMPTS = 100;

/** The demonstration's tenants, networks and machines: made, moved and removed through CloudStack's API. */
export class DemoCloud {
  readonly #cloud: Cloud;
  readonly #admin: CloudStackClient;
  readonly #tenants = new Map<string, Tenant>();
  /** Ids by "tenant network". */
  readonly #networks = new Map<string, string>();
  readonly #machines = new Map<string, DemoMachine>();
  #choices: Promise<Choices> | undefined;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#admin = cloud.admin();
  }

  /** Removes what a demonstration has left that was cut off. */
  async removeLeftovers(names: readonly string[]): Promise<void> {
    const domains = await this.#admin.list("listDomains", "domain", { listall: "true" });
    for (const { id, name } of domains) if (names.includes(String(name))) await this.#removeDomain(String(id));
  }

  /** Makes domain, account, key and key pair. */
  async addTenant(name: string): Promise<Tenant> {
    const { domain } = await this.#admin.call("createDomain", { name });
    const domainid = idOf(domain);
    const person = { firstname: "Demo", lastname: name, email: `${name}@cs.example`, username: name };
    const password = randomBytes(16).toString("hex");
    await this.#admin.call("createAccount", { ...person, password, domainid, accounttype: "0" });
    const [user] = await this.#admin.list("listUsers", "user", { domainid, username: name });
    const { userkeys } = await this.#admin.run("registerUserKeys", { id: idOf(user) });
    const { apikey, secretkey } = userkeys as ApiObject; // As recorded.
    const client = this.#cloud.client({ apiKey: String(apikey), secretKey: String(secretkey) });
    const publicKey = newPublicKey();
    await client.call("registerSSHKeyPair", { name: KEY_PAIR, publickey: publicKey });
    const tenant = { name, domainId: domainid, client, publicKey };
    this.#tenants.set(name, tenant);
    return tenant;
  }

  /** Makes a tenant's network of 256 addresses; with the admin's key, since only he may choose a VLAN. gateway: its first address. */
  async addNetwork(tenant: string, name: string, gateway: string): Promise<void> {
    const { zone, offering } = await this.#chosen();
    const owner = { account: tenant, domainid: this.tenant(tenant).domainId };
    const place = { zoneid: zone, networkofferingid: offering, gateway, netmask: "255.255.255.0" };
    for (let attempt = 1; ; attempt++) {
      try {
        const { network } = await this.#admin.call("createNetwork", { name, ...owner, ...place, vlan: anyVlan() });
        this.#networks.set(`${tenant} ${name}`, idOf(network));
        return;
      } catch (reason) {
        const isTaken = /vlan \d+ already exists/.test(ContrailError.from(reason).message);
        if (!isTaken || attempt === VLAN_ATTEMPTS) throw reason;
      }
    }
  }

  /** Deploys a machine with the tenant's key; the admin starts it, since only he may choose the host. */
  async addMachine(wish: MachineWish): Promise<DemoMachine> {
    const { zone, service, template } = await this.#chosen();
    const { virtualmachine } = await this.tenant(wish.tenant).client.run("deployVirtualMachine", {
      name: wish.name,
      zoneid: zone,
      serviceofferingid: service,
      templateid: template,
      networkids: this.networkId(wish.tenant, wish.network),
      ipaddress: wish.address,
      userdata: Buffer.from(wish.userData).toString("base64"),
      keypairs: KEY_PAIR,
      startvm: "false",
    });
    const { id, password } = virtualmachine as ApiObject; // As recorded.
    return this.#start(String(id), wish.host, String(password));
  }

  /** Stops a machine with the tenant's key and starts it on another host. */
  async moveMachine(name: string, host: string): Promise<DemoMachine> {
    const { uuid, password } = this.machine(name);
    await this.tenantOf(name).client.run("stopVirtualMachine", { id: uuid });
    return this.#start(uuid, host, password);
  }

  tenant(name: string): Tenant {
    return known(this.#tenants.get(name), name);
  }

  tenantOf(machine: string): Tenant {
    const { domain } = this.machine(machine);
    return this.tenant(domain);
  }

  /** CloudStack's uuid of a network. */
  networkId(tenant: string, name: string): string {
    return known(this.#networks.get(`${tenant} ${name}`), `${tenant} ${name}`);
  }

  machine(name: string): DemoMachine {
    return known(this.#machines.get(name), name);
  }

  /** Destroys the machines, each for good. */
  async removeMachines(): Promise<void> {
    const machines = [...this.#machines.values()];
    this.#machines.clear();
    await Promise.all(
      machines.map(({ uuid }) => this.#admin.run("destroyVirtualMachine", { id: uuid, expunge: "true" })),
    );
  }

  /** Deletes networks with the tenants' keys, then the tenants. */
  async removeTenants(): Promise<void> {
    const networks = [...this.#networks];
    this.#networks.clear();
    await Promise.all(
      networks.map(([key, id]) => this.tenant(key.split(" ")[0] ?? "").client.run("deleteNetwork", { id })),
    );
    const tenants = [...this.#tenants.values()];
    this.#tenants.clear();
    await Promise.all(tenants.map(({ domainId }) => this.#removeDomain(domainId)));
  }

  async #removeDomain(id: string): Promise<void> {
    await this.#admin.run("deleteDomain", { id, cleanup: "true" });
  }

  async #start(id: string, host: string, password: string): Promise<DemoMachine> {
    const { hosts } = await this.#chosen();
    await this.#admin.run("startVirtualMachine", { id, hostid: known(hosts.get(host), host) });
    const machine = {
      ...known(
        (await this.#cloud.machines()).find(({ uuid }) => uuid === id),
        id,
      ),
      password,
    };
    this.#machines.set(machine.name, machine);
    return machine;
  }

  #chosen(): Promise<Choices> {
    this.#choices ??= choose(this.#admin);
    return this.#choices;
  }
}

/** Ids of what every network and machine needs. */
interface Choices {
  readonly zone: string;
  readonly offering: string;
  readonly service: string;
  readonly template: string;
  readonly hosts: ReadonlyMap<string, string>;
}

async function choose(admin: CloudStackClient): Promise<Choices> {
  const [[zone], offerings, [service], [template], hosts] = await Promise.all([
    admin.list("listZones", "zone"),
    admin.list("listNetworkOfferings", "networkoffering"),
    admin.list("listServiceOfferings", "serviceoffering"),
    admin.list("listTemplates", "template", { templatefilter: "all" }),
    admin.list("listHosts", "host"),
  ]);
  return {
    zone: idOf(zone),
    offering: idOf(offerings.find(({ name }) => name === DEFAULT_OFFERING)),
    service: idOf(service),
    template: idOf(template),
    hosts: new Map(hosts.map(({ name, id }) => [String(name), String(id)])),
  };
}

function idOf(object: unknown): string {
  return String((object as ApiObject | undefined)?.id); // Every object of CloudStack's API has one.
}

function known<T>(value: T | undefined, name: string): T {
  if (value === undefined)
    throw new ContrailError("demo.failed", `the demonstration has no ${name}; see: contrail status`);
  return value;
}

/** A public key as OpenSSH writes it (RFC 8709 section 4); nobody logs in with it. */
function newPublicKey(): string {
  const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const fields = [Buffer.from("ssh-ed25519"), Buffer.from(x, "base64url")];
  const blob = fields.flatMap((field) => [Buffer.from([0, 0, 0, field.length]), field]);
  return `ssh-ed25519 ${Buffer.concat(blob).toString("base64")}`;
}
