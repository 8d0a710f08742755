import type { ApiObject, CloudStackClient } from "@contrail/cloudstack-api";
import { ContrailError } from "@contrail/errors";
import {
  type Cloud,
  type CloudNetwork,
  type CloudNic,
  type CloudOwner,
  readAccount,
  readCloudNetwork,
  readDomain,
  readNics,
  readProject,
} from "../core/cloud.ts";
import { systemOwner, withSystemOwners } from "../core/system-owner.ts";

/** The type of an account that sees everything (Account.java). */
const ROOT_ADMINISTRATOR = 1;

type Parameters = Readonly<Record<string, string>>;

/** Projects' things are in no list without this, and nothing else is in a list with it. */
const SCOPES: readonly Parameters[] = [{ listall: "true" }, { listall: "true", projectid: "-1" }];

/** Reads networks, machines and their owners from CloudStack's API. Rejects as CloudStackClient. */
export class CloudReader {
  readonly #clients: () => CloudStackClient;

  /** clients: gives a client with the keys of now. */
  constructor(clients: () => CloudStackClient) {
    this.#clients = clients;
  }

  /**
   * Everything, one list after the other. Rejects with "cloudstack.permission_denied" where the key sees a part of the
   * cloud only: what it does not see would look like removed.
   */
  async all(): Promise<Cloud> {
    await this.#requireWholeView();
    const domains = (await this.#client.list("listDomains", "domain", { listall: "true" })).map(readDomain);
    const byUuid = new Map(domains.map((domain) => [domain.uuid, domain]));
    const accounts = (await this.#client.list("listAccounts", "account", { listall: "true" })).map(readAccount);
    const projects = await this.#client.list("listProjects", "project", { listall: "true" });
    const owners = [...accounts, ...projects.map((project) => readProject(project, byUuid))];
    const networks = await this.#networks();
    const nics = await this.#every("listVirtualMachines", "virtualmachine", { details: "nics" }, readNics);
    return { domains, owners: withSystemOwners(owners, networks), networks: unique(networks), nics: unique(nics) };
  }

  /** One network by its uuid or its database number; undefined where CloudStack has none. */
  async network(id: string): Promise<CloudNetwork | undefined> {
    for (const scope of SCOPES) {
      const found = await this.#client.call("listNetworks", { ...scope, id }).catch(ifNotThere);
      const items = Array.isArray(found.network) ? (found.network as readonly ApiObject[]) : []; // Lists are of objects.
      // One that leaves out what it does not know may answer with everything.
      const [only] = items;
      if (items.length === 1 && only !== undefined) return readCloudNetwork(only);
    }
    return undefined;
  }

  /** Networks that are being implemented, or have our broadcast URI. */
  async underWay(): Promise<readonly CloudNetwork[]> {
    return (await this.#networks()).filter(
      ({ state, networkId }) => state === "Implementing" || networkId !== undefined,
    );
  }

  /** The NICs of all machines that have one in a network. */
  async nics(networkUuid: string): Promise<readonly CloudNic[]> {
    const parameters = { details: "nics", networkid: networkUuid };
    const nics = await this.#every("listVirtualMachines", "virtualmachine", parameters, readNics);
    return unique(nics).filter((nic) => nic.networkUuid === networkUuid);
  }

  /** The owner of a network; undefined where it is gone. */
  async owner(network: CloudNetwork): Promise<CloudOwner | undefined> {
    const { projectUuid, ownerName, domain } = network;
    const system = systemOwner(network);
    if (system !== undefined) return system;
    if (projectUuid !== undefined) {
      const projects = await this.#client.list("listProjects", "project", { listall: "true", id: projectUuid });
      const known = new Map([[domain.uuid, domain]]);
      return projects.map((project) => readProject(project, known)).find(({ uuid }) => uuid === projectUuid);
    }
    const named = { listall: "true", name: ownerName, domainid: domain.uuid };
    const accounts = (await this.#client.list("listAccounts", "account", named)).map(readAccount);
    return accounts.find((account) => account.name === ownerName && account.domain.uuid === domain.uuid);
  }

  get #client(): CloudStackClient {
    return this.#clients();
  }

  /** A caller sees the users of its own account at least, and nobody below a root administrator sees one. */
  async #requireWholeView(): Promise<void> {
    const users = await this.#client.list("listUsers", "user");
    if (users.some((user) => Number(user.accounttype) === ROOT_ADMINISTRATOR)) return;
    const message = "the API key does not see the whole cloud; give the plugin one of a root administrator";
    throw new ContrailError("cloudstack.permission_denied", message);
  }

  #networks(): Promise<readonly CloudNetwork[]> {
    return this.#every("listNetworks", "network", { traffictype: "Guest" }, (item) => [readCloudNetwork(item)]);
  }

  async #every<T>(
    command: string,
    key: string,
    parameters: Parameters,
    read: (item: ApiObject) => readonly T[],
  ): Promise<readonly T[]> {
    const found: T[] = [];
    for (const scope of SCOPES) {
      for await (const page of this.#client.pages(command, key, { ...parameters, ...scope })) {
        for (const item of page) found.push(...read(item));
      }
    }
    return found;
  }
}

function unique<T extends { readonly uuid: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.uuid, item])).values()];
}

/** CloudStack refuses an id that it does not have as it refuses any wrong value. */
function ifNotThere(reason: unknown): ApiObject {
  const error = ContrailError.from(reason);
  if (error.code === "cloudstack.bad_request") return {};
  throw error;
}
