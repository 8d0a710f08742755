import type { CloudNic, CloudOwner, OwnerNames } from "../cloud.ts";

/** Knows the owners that CloudStack lists: accounts by domain and name, projects by uuid. */
export class CloudOwners {
  readonly #accounts: ReadonlyMap<string, CloudOwner>;
  readonly #byUuid: ReadonlyMap<string, CloudOwner>;

  constructor(owners: readonly CloudOwner[]) {
    const accounts = owners.filter(({ kind }) => kind === "account");
    this.#accounts = new Map(accounts.map((owner) => [key(owner.domain.uuid, owner.name), owner]));
    this.#byUuid = new Map(owners.map((owner) => [owner.uuid, owner]));
  }

  /** undefined where the owner is not in the lists, which happens when it is new. */
  of({ projectUuid, domain, ownerName }: OwnerNames): CloudOwner | undefined {
    return projectUuid === undefined ? this.#accounts.get(key(domain.uuid, ownerName)) : this.#byUuid.get(projectUuid);
  }

  /**
   * Whom a NIC and its machine belong to. Where CloudStack does not tell whose the machine is, a NIC is its network's owner's,
   * and the machine its default NIC's: of several networks only one may say so.
   */
  ofNic({ machineOwner, isDefault }: CloudNic, networkOwner: string | undefined): NicOwners {
    if (machineOwner === undefined) return { owner: networkOwner, machineOwner: isDefault ? networkOwner : undefined };
    const owner = this.of(machineOwner)?.uuid;
    return { owner, machineOwner: owner };
  }
}

/** uuids of projects; undefined where that is not known. */
export interface NicOwners {
  readonly owner: string | undefined;
  readonly machineOwner: string | undefined;
}

function key(domain: string, name: string): string {
  return `${domain} ${name}`;
}
