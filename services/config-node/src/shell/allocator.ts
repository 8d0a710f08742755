import { randomUUID } from "node:crypto";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { type Family, formatIpAddress } from "../core/ip-address.ts";
import { bad } from "../core/request-body.ts";
import { completeSubnets, refuseOverlaps, subnetHolds, subnetsOf } from "../core/subnet.ts";
import { AddressAllocator, type HeldAddress } from "./address-allocator.ts";
import { TagNumbers } from "./tag-numbers.ts";

const NETWORK_IDS = { pool: "virtual-network-id", first: 1n, last: 0xffffffn };
const SECURITY_GROUP_IDS = { pool: "security-group-id", first: 8_000_000n, last: 0xfffffffen };

/** Where an object of a type has its address, and the address's family. */
const ADDRESS_FIELDS: Readonly<Record<string, { readonly address: string; readonly family: string }>> = {
  "instance-ip": { address: "instance_ip_address", family: "instance_ip_family" },
  "floating-ip": { address: "floating_ip_address", family: "floating_ip_address_family" },
  "alias-ip": { address: "alias_ip_address", family: "alias_ip_address_family" },
};

/** Numbers and addresses that the server gives to objects: network ids, group ids, tag ids, MACs, addresses, subnet uuids. */
export class Allocator {
  readonly addresses: AddressAllocator;
  readonly #tags: TagNumbers;
  readonly #store: ObjectStore;
  readonly #graph: ConfigGraph;

  constructor(store: ObjectStore, graph: ConfigGraph) {
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
    const network = this.#networkOf(object);
    const networkBefore = before === undefined ? undefined : this.#networkOf(before);
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

  /** The network that an address is taken from: the one referred to, or that of the pool above. */
  #networkOf(object: ConfigObject): ConfigObject | undefined {
    if (object.type === "instance-ip") {
      const ref = object.refs.find(({ toType }) => toType === "virtual-network");
      return ref === undefined ? undefined : this.#graph.get(ref.toUuid);
    }
    const pool = object.parentUuid === undefined ? undefined : this.#graph.get(object.parentUuid);
    const above = pool?.parentUuid === undefined ? undefined : this.#graph.get(pool.parentUuid);
    return above?.type === "virtual-network" ? above : undefined;
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
