import { ContrailError } from "@contrail/errors";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { FAMILY_NAMES, type Family, formatIpAddress, type IpAddress, parseIpAddress } from "../core/ip-address.ts";
import { bad } from "../core/request-body.ts";
import { searchRanges } from "../core/search-ranges.ts";
import { addressPool, loosePool, newSubnets, prefixText, type Subnet, subnetHolds, subnetsOf } from "../core/subnet.ts";

/** An address as it stands in an object. */
export interface HeldAddress {
  /** UUID of the object. */
  readonly owner: string;
  readonly text: string;
}

/** Addresses of networks' subnets: claimed for an object, by value or the next free one. */
export class AddressAllocator {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /**
   * Claims one address for an owner; field: what a bad one is called in the error text. In a network without subnets of
   * its family any address may be asked for; when it gets subnets, what lies in them is to be claimed again.
   */
  async claim(network: ConfigObject, owner: string, text: string, field: string): Promise<IpAddress> {
    const address = parseIpAddress(text);
    if (address === undefined) throw bad(`${field}: ${text.slice(0, 50)} is no ${whichAddress(text)} address`);
    const subnets = subnetsOf(network).filter(({ family }) => family === address.family);
    const subnet = subnets.find((candidate) => subnetHolds(candidate, address));
    if (subnet === undefined && subnets.length > 0)
      throw bad(`${field}: IP address ${text} does not lie in a subnet of ${title(network)}`);
    const { value } = address;
    try {
      const pool = subnet === undefined ? loosePool(network.uuid, address.family) : addressPool(network.uuid, subnet);
      await this.#store.allocate({ pool, owner, first: value, last: value, wanted: value });
      return address;
    } catch (reason) {
      if (ContrailError.from(reason).code !== "store.allocated_conflict") throw reason;
      throw new ContrailError("config.conflict", `IP address already in use: ${text} in ${title(network)}`);
    }
  }

  /**
   * Claims a free address of a network, or of one of its subnets. family undefined: that of the subnet, or IPv4 where the
   * network has it. 404: no such subnet; 409: none is free.
   */
  async claimFree(
    network: ConfigObject,
    owner: string,
    subnetUuid: string | undefined,
    family: Family | undefined,
  ): Promise<IpAddress> {
    const named = subnetsOf(network).filter(({ uuid }) => subnetUuid === undefined || uuid === subnetUuid);
    const wanted = family ?? (named.some((subnet) => subnet.family === "v4") ? "v4" : "v6");
    const subnets = named.filter((subnet) => subnet.family === wanted);
    if (subnets.length === 0) {
      const which = subnetUuid === undefined ? "subnet(s)" : `subnet(${subnetUuid.slice(0, 100)})`;
      throw new ContrailError("config.not_found", `${title(network)} has no defined ${which}`);
    }
    for (const subnet of subnets) {
      const address = await this.#freeIn(network, subnet, owner);
      if (address !== undefined) return address;
    }
    throw new ContrailError("config.conflict", `${title(network)} has exhausted subnet(${subnetUuid ?? "all"})`);
  }

  /** Addresses for a client of ip-alloc, held by the network: all of them or none. */
  async allocate(
    network: ConfigObject,
    count: number,
    subnetUuid: string | undefined,
    family: Family | undefined,
  ): Promise<string[]> {
    const found: string[] = [];
    try {
      for (let index = 0; index < count; index++) {
        found.push(formatIpAddress(await this.claimFree(network, network.uuid, subnetUuid, family)));
      }
      return found;
    } catch (reason) {
      await this.free(network, found);
      throw reason;
    }
  }

  /** Gives addresses of ip-alloc back; those that objects hold stay. */
  async free(network: ConfigObject, addresses: readonly string[]): Promise<void> {
    const parsed = addresses.map((text) => {
      const address = parseIpAddress(text);
      if (address === undefined) throw bad(`ip_addr: ${text.slice(0, 50)} is no ${whichAddress(text)} address`);
      return address;
    });
    for (const address of parsed) {
      const subnet = subnetsOf(network).find((candidate) => subnetHolds(candidate, address));
      if (subnet === undefined) continue;
      await this.#store.free(addressPool(network.uuid, subnet), address.value, network.uuid);
    }
  }

  /** Number of addresses taken in a subnet of a network. */
  async count(network: ConfigObject, subnetUuid: string): Promise<number> {
    const subnet = subnetsOf(network).find(({ uuid }) => uuid === subnetUuid);
    if (subnet === undefined) {
      const message = `${title(network)} has no defined subnet(${subnetUuid.slice(0, 100)})`;
      throw new ContrailError("config.not_found", message);
    }
    return (await this.#store.allocations(addressPool(network.uuid, subnet))).length;
  }

  /** Claims what objects have in subnets that a network did not have before. 409: two have the same address. */
  async claimInNew(before: ConfigObject, after: ConfigObject, held: Iterable<HeldAddress>): Promise<void> {
    const added = newSubnets(before, after);
    if (added.length === 0) return;
    for (const { owner, text } of held) {
      const address = parseIpAddress(text);
      if (address === undefined || !added.some((subnet) => subnetHolds(subnet, address))) continue;
      await this.claim(after, owner, text, "network_ipam_refs");
    }
  }

  /** Refuses a change of a network that takes away a subnet in which objects hold addresses. */
  async refuseLoss(before: ConfigObject, after: ConfigObject): Promise<void> {
    const kept = new Set(subnetsOf(after).map(prefixText));
    for (const subnet of subnetsOf(before).filter((item) => !kept.has(prefixText(item)))) {
      const taken = await this.#store.allocations(addressPool(before.uuid, subnet));
      if (taken.length === 0) continue;
      const shown = taken.slice(0, 20).map(({ value }) => formatIpAddress({ family: subnet.family, value }));
      const block = `Cannot Delete IP Block(${prefixText(subnet)}) from ${title(before)}`;
      throw new ContrailError("config.conflict", `${block}, IP(s) in use: ${shown.join(", ")}`);
    }
  }

  async #freeIn(network: ConfigObject, subnet: Subnet, owner: string): Promise<IpAddress | undefined> {
    const pool = addressPool(network.uuid, subnet);
    for (const range of searchRanges(subnet)) {
      try {
        const value = await this.#store.allocate({ pool, owner, ...range, fromEnd: !subnet.fromStart });
        return { family: subnet.family, value };
      } catch (reason) {
        if (ContrailError.from(reason).code !== "store.exhausted_conflict") throw reason;
      }
    }
    return undefined;
  }
}

/** The family that a bad address was meant to be of. */
function whichAddress(text: string): string {
  return FAMILY_NAMES[text.includes(":") ? "v6" : "v4"];
}

/** "Virtual-Network(domain:project:name)". */
function title(network: ConfigObject): string {
  return `Virtual-Network(${network.fqName.join(":")})`;
}
