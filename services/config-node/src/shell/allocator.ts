import { randomUUID } from "node:crypto";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { type Family, formatIpAddress } from "../core/ip-address.ts";
import { ADDRESS_FIELDS, NETWORK_IDS, networkOfAddress, SECURITY_GROUP_IDS } from "../core/number-pools.ts";
import { bad } from "../core/request-body.ts";
import { completeSubnets, newSubnets, refuseOverlaps, subnetHolds, subnetsOf } from "../core/subnet.ts";
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
    this.addresses = new AddressAllocator(store);
    this.#store = store;
    this.#graph = graph;
  }

  /** An object with what the server allocates for its type filled in. Claims are the object's uuid's. */
  async complete(object: ConfigObject, before: ConfigObject | undefined): Promise<ConfigObject> {
    switch (object.type) {
      case "virtual-network":
        return this.#completeNetwork(object, before);
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
    const completed = completeSubnets(object, before, randomUUID);
    refuseOverlaps(completed);
    if (before !== undefined) {
      await this.addresses.refuseLoss(before, completed);
      if (newSubnets(before, completed).length > 0) await this.#cache.freshness.caughtUp();
      await this.addresses.claimInNew(before, completed, this.#addressesIn(before.uuid));
    }
    return this.#withNumber(completed, "virtual_network_network_id", NETWORK_IDS);
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
    const subnet = subnetsOf(network).find((candidate) => subnetHolds(candidate, address));
    return { ...object, properties: subnet === undefined ? filled : { ...filled, subnet_uuid: subnet.uuid } };
  }

  /** The network that an address is taken from, as the store has it: what other nodes have changed of its subnets counts. */
  async #newestNetworkOf(object: ConfigObject): Promise<ConfigObject | undefined> {
    const known = networkOfAddress(this.#graph, object);
    if (known === undefined || !this.#cache.isShared) return known;
    await this.#cache.freshness.confirm([known.uuid], []);
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
