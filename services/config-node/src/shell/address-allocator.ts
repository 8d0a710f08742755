import { ContrailError } from "@contrail/errors";
import type { ConfigObject } from "@contrail/schema";
import type { Allocation, ObjectStore } from "@contrail/store";
import { type AddressSource, addressSources, allowedSources, type Lookup, sourceOf } from "../core/address-sources.ts";
import { FAMILY_NAMES, type Family, formatIpAddress, type IpAddress, parseIpAddress } from "../core/ip-address.ts";
import { bad } from "../core/request-body.ts";
import { searchRanges } from "../core/search-ranges.ts";
import { loosePool, prefixText, type Subnet } from "../core/subnet.ts";

/** An address as it stands in an object. */
export interface HeldAddress {
  /** UUID of the object. */
  readonly owner: string;
  readonly text: string;
}

/** Addresses of networks' subnets: claimed for an object, by value or the next free one. */
export class AddressAllocator {
  readonly #store: ObjectStore;
  readonly #graph: Lookup;

  constructor(store: ObjectStore, graph: Lookup) {
    this.#store = store;
    this.#graph = graph;
  }

  /**
   * Claims one address for an owner; field: what a bad one is called in the error text. In a network without subnets of
   * its family any address may be asked for; when it gets subnets, what lies in them is to be claimed again.
   */
  async claim(network: ConfigObject, owner: string, text: string, field: string): Promise<IpAddress> {
    const address = parseIpAddress(text);
    if (address === undefined) throw bad(`${field}: ${text.slice(0, 50)} is no ${whichAddress(text)} address`);
    const sources = allowedSources(this.#graph, network).filter(({ subnet }) => subnet.family === address.family);
    const source = sourceOf(sources, address);
    const isElsewhere = sourceOf(addressSources(this.#graph, network), address) !== undefined;
    if (source === undefined && (sources.length > 0 || isElsewhere))
      throw bad(`${field}: IP address ${text} does not lie in a subnet of ${title(network)}`);
    await this.#claimIn(source?.pool ?? loosePool(network.uuid, address.family), address, owner, network);
    return address;
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
    const allowed = allowedSources(this.#graph, network);
    const named = allowed.filter(({ subnet }) => subnetUuid === undefined || subnet.uuid === subnetUuid);
    const wanted = family ?? (named.some(({ subnet }) => subnet.family === "v4") ? "v4" : "v6");
    const sources = named.filter(({ subnet }) => subnet.family === wanted);
    if (sources.length === 0) {
      const which = subnetUuid === undefined ? "subnet(s)" : `subnet(${subnetUuid.slice(0, 100)})`;
      throw new ContrailError("config.not_found", `${title(network)} has no defined ${which}`);
    }
    for (const source of sources) {
      const address = await this.#freeIn(source, owner);
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
      const source = sourceOf(addressSources(this.#graph, network), address);
      if (source !== undefined) await this.#store.free(source.pool, address.value, network.uuid);
    }
  }

  /** Number of addresses taken in a subnet of a network. */
  async count(network: ConfigObject, subnetUuid: string): Promise<number> {
    const source = addressSources(this.#graph, network).find(({ subnet }) => subnet.uuid === subnetUuid);
    if (source === undefined) {
      const message = `${title(network)} has no defined subnet(${subnetUuid.slice(0, 100)})`;
      throw new ContrailError("config.not_found", message);
    }
    return (await this.#store.allocations(source.pool)).length;
  }

  /** The subnet that an address of a network lies in. */
  subnetOf(network: ConfigObject, address: IpAddress): Subnet | undefined {
    return sourceOf(addressSources(this.#graph, network), address)?.subnet;
  }

  /** Claims what objects of a network have in subnets that it did not have before. 409: two have the same address. */
  async claimInNew(network: ConfigObject, added: readonly AddressSource[], held: Iterable<HeldAddress>): Promise<void> {
    if (added.length === 0) return;
    for (const { owner, text } of held) {
      const address = parseIpAddress(text);
      const source = address === undefined ? undefined : sourceOf(added, address);
      if (address === undefined || source === undefined) continue;
      await this.#claimIn(source.pool, address, owner, network);
    }
  }

  /**
   * Refuses a change that takes away a subnet in which objects hold addresses. holder: network or IPAM; users: of what is
   * shared, only addresses of these count; undefined: all.
   */
  async refuseLoss(holder: ConfigObject, lost: readonly AddressSource[], users?: ReadonlySet<string>): Promise<void> {
    for (const { pool, subnet, isFlat } of lost) {
      const isCounted = ({ owner }: Allocation): boolean => !isFlat || users === undefined || users.has(owner);
      const taken = (await this.#store.allocations(pool)).filter(isCounted);
      if (taken.length === 0) continue;
      const shown = taken.slice(0, 20).map(({ value }) => formatIpAddress({ family: subnet.family, value }));
      const block = `Cannot Delete IP Block(${prefixText(subnet)}) from ${title(holder)}`;
      throw new ContrailError("config.conflict", `${block}, IP(s) in use: ${shown.join(", ")}`);
    }
  }

  async #claimIn(pool: string, { family, value }: IpAddress, owner: string, network: ConfigObject): Promise<void> {
    try {
      await this.#store.allocate({ pool, owner, first: value, last: value, wanted: value });
    } catch (reason) {
      if (ContrailError.from(reason).code !== "store.allocated_conflict") throw reason;
      const text = formatIpAddress({ family, value });
      throw new ContrailError("config.conflict", `IP address already in use: ${text} in ${title(network)}`);
    }
  }

  async #freeIn({ pool, subnet }: AddressSource, owner: string): Promise<IpAddress | undefined> {
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
function title({ type, fqName }: ConfigObject): string {
  return `${type === "network-ipam" ? "Network-Ipam" : "Virtual-Network"}(${fqName.join(":")})`;
}
