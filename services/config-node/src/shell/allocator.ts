import { randomUUID } from "node:crypto";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import {
  type AddressSource,
  addressSources,
  flatIpamsOf,
  flatSources,
  ipamUuids,
  type Lookup,
  without,
} from "../core/address-sources.ts";
import { type Family, formatIpAddress } from "../core/ip-address.ts";
import { ADDRESS_FIELDS, NETWORK_IDS, networkOfAddress, SECURITY_GROUP_IDS } from "../core/number-pools.ts";
import { bad } from "../core/request-body.ts";
import { completeFlatSubnets, completeSubnets, refuseOverlaps } from "../core/subnet.ts";
import { AddressAllocator, type HeldAddress } from "./address-allocator.ts";
import type { GraphCache } from "./nodes/graph-cache.ts";
import { TagNumbers } from "./tag-numbers.ts";

/** Numbers and addresses that the server gives to objects: network ids, group ids, tag ids, MACs, addresses, subnet uuids. */
export class Allocator {
  readonly addresses: AddressAllocator;
  readonly #tags: TagNumbers;
  readonly #store: ObjectStore;
  readonly #cache: GraphCache;
  readonly #graph: ConfigGraph;

  constructor(store: ObjectStore, cache: GraphCache) {
    const { graph } = cache;
    this.#cache = cache;
    this.#tags = new TagNumbers(store, graph);
    this.addresses = new AddressAllocator(store, graph);
    this.#store = store;
    this.#graph = graph;
  }

  /** An object with what the server allocates for its type filled in. Claims are the object's uuid's. */
  async complete(object: ConfigObject, before: ConfigObject | undefined): Promise<ConfigObject> {
    switch (object.type) {
      case "virtual-network":
        return this.#completeNetwork(object, before);
      case "network-ipam":
        return this.#completeIpam(object, before);
      case "security-group":
        return this.#withNumber(object, "security_group_id", SECURITY_GROUP_IDS);
      case "virtual-machine-interface":
        return withMac(object);
      case "tag-type":
        return this.#tags.completeType(object);
      case "tag":
        return this.#tags.completeTag(object);
      case "instance-ip":
      case "floating-ip":
      case "alias-ip":
        return this.#completeAddress(object, before);
      default:
        return object;
    }
  }

  /** Frees what was claimed for an object that was not written after all. */
  async release(uuid: string): Promise<void> {
    if (this.#graph.get(uuid) === undefined) await this.#store.freeAll(uuid);
  }

  async #completeNetwork(object: ConfigObject, before: ConfigObject | undefined): Promise<ConfigObject> {
    const completed = completeSubnets(withoutEmptySubnets(this.#graph, object), before, randomUUID);
    const after = addressSources(this.#graph, completed);
    refuseOverlaps(after.map(({ subnet }) => subnet));
    if (before !== undefined) {
      const had = addressSources(this.#graph, before);
      const lost = without(had, after);
      const users = lost.length === 0 ? [] : [...this.#addressesIn(before.uuid)].map(({ owner }) => owner);
      await this.addresses.refuseLoss(before, lost, new Set([before.uuid, ...users]));
      await this.#claimInNew(completed, without(after, had));
    }
    return this.#withNumber(completed, "virtual_network_network_id", NETWORK_IDS);
  }

  /** A flat IPAM's subnets are those of the networks that refer to it. */
  async #completeIpam(object: ConfigObject, before: ConfigObject | undefined): Promise<ConfigObject> {
    const completed = completeFlatSubnets(object, before, randomUUID);
    const after = flatSources(completed);
    refuseOverlaps(
      after.map(({ subnet }) => subnet),
      "ipam_subnets",
    );
    if (before === undefined) return completed;
    const had = flatSources(before);
    const [lost, added] = [without(had, after), without(after, had)];
    await this.addresses.refuseLoss(before, lost);
    if (added.length === 0) return completed;
    for (const network of this.#graph.linked(before.uuid, "virtual-network")) {
      refuseOverlaps([...without(addressSources(this.#graph, network), had), ...after].map(({ subnet }) => subnet));
      await this.#claimInNew(network, added);
    }
    return completed;
  }

  /** What objects of a network have in subnets that are new to it is claimed from now on. */
  async #claimInNew(network: ConfigObject, added: readonly AddressSource[]): Promise<void> {
    if (added.length === 0) return;
    await this.#cache.freshness.caughtUp();
    await this.addresses.claimInNew(network, added, this.#addressesIn(network.uuid));
  }

  async #withNumber(
    object: ConfigObject,
    property: string,
    pool: { readonly pool: string; readonly first: bigint; readonly last: bigint },
  ): Promise<ConfigObject> {
    const known = this.#graph.get(object.uuid)?.properties[property];
    if (known !== undefined) return { ...object, properties: { ...object.properties, [property]: known } };
    try {
      const number = await this.#store.allocate({ ...pool, owner: object.uuid });
      return { ...object, properties: { ...object.properties, [property]: Number(number) } };
    } catch (reason) {
      if (ContrailError.from(reason).code !== "store.exhausted_conflict") throw reason;
      throw new ContrailError("config.conflict", `${property}: no number is left for ${object.fqName.join(":")}`);
    }
  }

  async #completeAddress(object: ConfigObject, before: ConfigObject | undefined): Promise<ConfigObject> {
    const field = ADDRESS_FIELDS[object.type];
    const network = await this.#newestNetworkOf(object);
    const networkBefore = before === undefined ? undefined : networkOfAddress(this.#graph, before);
    if (network !== undefined && networkBefore !== undefined && network.uuid !== networkBefore.uuid) {
      throw bad(`virtual_network_refs: an ${object.type} cannot move to another network`);
    }
    if (field === undefined || network === undefined) return object;
    // One that had no network before has its address in this one only from now on.
    if (before?.properties[field.address] !== undefined && networkBefore !== undefined) return object;
    const { properties } = object;
    const asked = properties[field.address];
    const given = typeof asked === "string" && asked !== "" ? asked : undefined;
    const subnetUuid = typeof properties.subnet_uuid === "string" ? properties.subnet_uuid : undefined;
    // A machine may come before its network has subnets: the stock Juniper plugin makes it so, and goes on without.
    if (object.type === "instance-ip" && given === undefined && subnetUuid === undefined && hasNoSubnet(network))
      return object;
    const address =
      given === undefined
        ? await this.addresses.claimFree(network, object.uuid, subnetUuid, familyOf(properties[field.family]))
        : await this.addresses.claim(network, object.uuid, given, field.address);
    const filled = { ...properties, [field.family]: address.family, [field.address]: formatIpAddress(address) };
    if (object.type !== "instance-ip") return { ...object, properties: filled };
    const subnet = this.addresses.subnetOf(network, address);
    return { ...object, properties: subnet === undefined ? filled : { ...filled, subnet_uuid: subnet.uuid } };
  }

  /** The network that an address is taken from, as the store has it: what other nodes have changed of its subnets counts. */
  async #newestNetworkOf(object: ConfigObject): Promise<ConfigObject | undefined> {
    const known = networkOfAddress(this.#graph, object);
    if (known === undefined || !this.#cache.isShared) return known;
    await this.#cache.freshness.confirm([known.uuid, ...ipamUuids(known)], []);
    return networkOfAddress(this.#graph, object);
  }

  /** Addresses of the objects that take theirs from a network. */
  *#addressesIn(network: string): Iterable<HeldAddress> {
    const pools = ["floating-ip-pool", "alias-ip-pool"].flatMap((type) => this.#graph.linked(network, type));
    for (const [type, { address }] of Object.entries(ADDRESS_FIELDS)) {
      for (const above of [network, ...pools.map(({ uuid }) => uuid)]) {
        for (const object of this.#graph.linked(above, type)) {
          const text = object.properties[address];
          if (typeof text === "string") yield { owner: object.uuid, text };
        }
      }
    }
  }
}

/** undefined where a client leaves it to the network. */
function familyOf(value: JsonValue | undefined): Family | undefined {
  return value === "v4" || value === "v6" ? value : undefined;
}

/** Clients put an empty subnet into a reference to a flat IPAM; it says nothing. */
function withoutEmptySubnets(graph: Lookup, network: ConfigObject): ConfigObject {
  const flat = new Set(flatIpamsOf(graph, network).map(({ uuid }) => uuid));
  if (flat.size === 0) return network;
  const refs = network.refs.map((ref) => {
    const attr = ref.attr as JsonObject | null; // The model says VnSubnetsType.
    const subnets = attr?.ipam_subnets;
    if (!flat.has(ref.toUuid) || !Array.isArray(subnets)) return ref;
    const ipam_subnets = subnets.filter((entry) => (entry as JsonObject).subnet !== undefined); // IpamSubnetType.
    return { ...ref, attr: { ...attr, ipam_subnets } };
  });
  return { ...network, refs };
}

function hasNoSubnet(network: ConfigObject): boolean {
  return !network.refs.some(({ toType }) => toType === "network-ipam");
}

function withMac(object: ConfigObject): ConfigObject {
  const given = object.properties.virtual_machine_interface_mac_addresses as JsonObject | undefined; // MacAddressesType.
  if (Array.isArray(given?.mac_address) && given.mac_address.length > 0) return object;
  const digits = `02${object.uuid.replaceAll("-", "").slice(0, 10)}`;
  const mac = (digits.match(/../g) ?? []).join(":");
  const properties = { ...object.properties, virtual_machine_interface_mac_addresses: { mac_address: [mac] } };
  return { ...object, properties };
}
