import type { ApiObject, CloudStackClient } from "@contrail/cloudstack-api";
import { ContrailError } from "@contrail/errors";
import {
  type Cloud,
  type CloudNetwork,
  type CloudOwner,
  type NetworkNics,
  readAccount,
  readCloudNetwork,
  readDomain,
  readNics,
  readProject,
} from "../core/cloud.ts";
import { type Sorted, sorted } from "../core/not-understood.ts";
import type { SystemNics } from "../core/system-nics.ts";
import { systemOwner, withSystemOwners } from "../core/system-owner.ts";
import { ALL, everyScope, type Parameters, SCOPES, scopedPages } from "./scopes.ts";
import { readSystemNics } from "./system-nics.ts";

/** The type of an account that sees everything (Account.java). */
const ROOT_ADMINISTRATOR = 1;

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
    const domains = sorted(await this.#client.list("listDomains", "domain", ALL), readDomain);
    const byUuid = new Map(domains.known.map((domain) => [domain.uuid, domain]));
    const accounts = sorted(await this.#client.list("listAccounts", "account", ALL), readAccount);
    const projects = sorted(await this.#client.list("listProjects", "project", ALL), (one) => readProject(one, byUuid));
    const networks = await this.#networks();
    const { nics, unknown } = await this.#nics({});
    const system = await readSystemNics(this.#client);
    return {
      domains: domains.known,
      owners: withSystemOwners([...accounts.known, ...projects.known], networks.known),
      networks: unique(networks.known),
      nics,
      system: system.nics,
      unknown: [domains, accounts, projects, networks, system].flatMap((part) => part.unknown).concat(unknown),
      missing: system.missing,
    };
  }

  /**
   * One network by its uuid or its database number; undefined where CloudStack has none. Rejects with
   * "cloudstack.not_understood" as the readers of items do.
   */
  async network(id: string): Promise<CloudNetwork | undefined> {
    for (const scope of SCOPES) {
      const found = await this.#client.call("listNetworks", { ...scope, id }).catch(ifNotThere);
      const items = Array.isArray(found.network) ? (found.network as readonly ApiObject[]) : []; // Lists are of objects.
      // One that leaves out what it does not know may answer with everything.
      const [only] = items;
      const network = items.length === 1 && only !== undefined ? readCloudNetwork(only) : undefined;
      if (network !== undefined && (isNumber(id) || network.uuid === id)) return network;
    }
    return undefined;
  }

  /** Networks that have our broadcast URI, which tells their number. */
  async numbered(): Promise<readonly CloudNetwork[]> {
    return (await this.#networks()).known.filter(({ networkId }) => networkId !== undefined);
  }

  /** The NICs in a network of all machines of users. */
  async nics(networkUuid: string): Promise<NetworkNics> {
    const { nics, unknown } = await this.#nics({ networkid: networkUuid });
    return { nics: nics.filter((nic) => nic.networkUuid === networkUuid), unknown };
  }

  /** The NICs in a network of routers and load balancers of CloudStack's own, and those of its system VMs. */
  systemNics(networkUuid: string): Promise<SystemNics> {
    return readSystemNics(this.#client, networkUuid);
  }

  /** The owner of a network; undefined where it is gone. */
  async owner(network: CloudNetwork): Promise<CloudOwner | undefined> {
    const { projectUuid, ownerName, domain } = network;
    const system = systemOwner(network);
    if (system !== undefined) return system;
    if (projectUuid !== undefined) {
      const projects = await this.#client.list("listProjects", "project", { ...ALL, id: projectUuid });
      const known = new Map([[domain.uuid, domain]]);
      return projects.map((project) => readProject(project, known)).find(({ uuid }) => uuid === projectUuid);
    }
    const named = { ...ALL, name: ownerName, domainid: domain.uuid };
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

  async #networks(): Promise<Sorted<CloudNetwork>> {
    const items = await everyScope(this.#client, "listNetworks", "network", { traffictype: "Guest" });
    return sorted(items, readCloudNetwork);
  }

  /** Page by page: of a machine only its NICs are kept. */
  async #nics(parameters: Parameters): Promise<NetworkNics> {
    const machines: Sorted<NetworkNics>[] = [];
    const given = { ...parameters, details: "nics" };
    for await (const page of scopedPages(this.#client, "listVirtualMachines", "virtualmachine", given)) {
      machines.push(sorted(page, readNics));
    }
    const known = machines.flatMap((page) => page.known);
    return {
      nics: unique(known.flatMap(({ nics }) => nics)),
      unknown: [...machines, ...known].flatMap(({ unknown }) => unknown),
    };
  }
}

function isNumber(id: string): boolean {
  return /^\d+$/.test(id);
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
