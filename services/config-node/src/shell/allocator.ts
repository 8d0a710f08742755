import { randomUUID } from "node:crypto";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import { formatInetAddress, parseInetAddress } from "@contrail/net";
import { type ConfigObject, type JsonObject, type ObjectType, objectType } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { bad } from "../core/request-body.ts";
import { addressPool, completeSubnets, type Subnet, subnetsOf } from "../core/subnet.ts";

const NETWORK_IDS = { pool: "virtual-network-id", first: 1n, last: 0xffffffn };
const SECURITY_GROUP_IDS = { pool: "security-group-id", first: 8_000_000n, last: 0xfffffffen };

/** Numbers and addresses that the server gives to objects: network ids, group ids, MACs, addresses, subnet uuids. */
export class Allocator {
  readonly #store: ObjectStore;
  readonly #graph: ConfigGraph;

  constructor(store: ObjectStore, graph: ConfigGraph) {
    this.#store = store;
    this.#graph = graph;
  }

  /** The object type of a name that the code itself uses. */
  typeOf(name: string): ObjectType {
    const type = objectType(name);
    if (type === undefined) throw new Error(`no object type ${name}`);
    return type;
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
      case "instance-ip":
        return this.#completeAddress(object, "instance_ip_address", before);
      default:
        return object;
    }
  }

  /** Frees what was claimed for an object that was not written after all. */
  async release(uuid: string): Promise<void> {
    if (this.#graph.get(uuid) === undefined) await this.#store.freeAll(uuid);
  }

  /** Addresses for a client of ip-alloc, held by the network. */
  async allocateAddresses(network: ConfigObject, count: number, subnetUuid: string | undefined): Promise<string[]> {
    const found: string[] = [];
    for (let index = 0; index < count; index++) {
      found.push(formatInetAddress(await this.#free(network, network.uuid, subnetUuid)));
    }
    return found;
  }

  /** Gives addresses of ip-alloc back. */
  async freeAddresses(network: ConfigObject, addresses: readonly string[]): Promise<void> {
    for (const text of addresses) {
      const address = parseInetAddress(text);
      if (address === undefined) throw bad(`ip_addr: ${text.slice(0, 50)} is no IPv4 address`);
      const subnet = subnetsOf(network).find((candidate) => holds(candidate, address));
      if (subnet !== undefined)
        await this.#store.free(addressPool(network.uuid, subnet), BigInt(address), network.uuid);
    }
  }

  /** Number of addresses taken in a subnet of a network. */
  async countAddresses(network: ConfigObject, subnetUuid: string): Promise<number> {
    const subnet = subnetsOf(network).find(({ uuid }) => uuid === subnetUuid);
    if (subnet === undefined)
      throw new ContrailError("config.not_found", `${title(network)} has no defined subnet(${subnetUuid})`);
    return (await this.#store.allocations(addressPool(network.uuid, subnet))).length;
  }

  async #completeNetwork(object: ConfigObject, before: ConfigObject | undefined): Promise<ConfigObject> {
    subnetsOf(object);
    return this.#withNumber(completeSubnets(object, before, randomUUID), "virtual_network_network_id", NETWORK_IDS);
  }

  async #withNumber(
    object: ConfigObject,
    property: string,
    pool: { readonly pool: string; readonly first: bigint; readonly last: bigint },
  ): Promise<ConfigObject> {
    const known = this.#graph.get(object.uuid)?.properties[property];
    if (known !== undefined) return { ...object, properties: { ...object.properties, [property]: known } };
    const number = await this.#store.allocate({ ...pool, owner: object.uuid });
    return { ...object, properties: { ...object.properties, [property]: Number(number) } };
  }

  async #completeAddress(
    object: ConfigObject,
    property: string,
    before: ConfigObject | undefined,
  ): Promise<ConfigObject> {
    const networkRef = object.refs.find((ref) => ref.toType === "virtual-network");
    const network = networkRef === undefined ? undefined : this.#graph.get(networkRef.toUuid);
    const known = before?.properties[property];
    if (network === undefined || known !== undefined) {
      return known === undefined ? object : { ...object, properties: { ...object.properties, [property]: known } };
    }
    const asked = object.properties[property];
    if (typeof asked === "string" && asked.includes(":")) return object;
    if (subnetsOf(network).length === 0 && asked !== undefined) return object;
    const subnetUuid = object.properties.subnet_uuid;
    const address =
      typeof asked === "string" && asked !== ""
        ? await this.#claim(network, object.uuid, asked)
        : await this.#free(network, object.uuid, typeof subnetUuid === "string" ? subnetUuid : undefined);
    const family: JsonObject = object.properties.instance_ip_family === undefined ? { instance_ip_family: "v4" } : {};
    const subnet = subnetsOf(network).find((candidate) => holds(candidate, address));
    const properties = { ...object.properties, ...family, [property]: formatInetAddress(address) };
    return { ...object, properties: subnet === undefined ? properties : { ...properties, subnet_uuid: subnet.uuid } };
  }

  async #claim(network: ConfigObject, owner: string, text: string): Promise<number> {
    const address = parseInetAddress(text);
    if (address === undefined) throw bad(`instance_ip_address: ${text.slice(0, 50)} is no IPv4 address`);
    const subnet = subnetsOf(network).find((candidate) => holds(candidate, address));
    if (subnet === undefined) throw bad(`IP address ${text} does not lie in a subnet of ${title(network)}`);
    const value = BigInt(address);
    try {
      await this.#store.allocate({
        pool: addressPool(network.uuid, subnet),
        owner,
        first: value,
        last: value,
        wanted: value,
      });
      return address;
    } catch (reason) {
      if (ContrailError.from(reason).code !== "store.allocated_conflict") throw reason;
      throw new ContrailError("config.conflict", `IP address already in use: ${text} in ${title(network)}`);
    }
  }

  async #free(network: ConfigObject, owner: string, subnetUuid: string | undefined): Promise<number> {
    const subnets = subnetsOf(network).filter(({ uuid }) => subnetUuid === undefined || uuid === subnetUuid);
    if (subnets.length === 0) throw new ContrailError("config.not_found", `${title(network)} has no defined subnet(s)`);
    for (const subnet of subnets) {
      const address = await this.#freeIn(network, subnet, owner);
      if (address !== undefined) return address;
    }
    throw new ContrailError("config.conflict", `${title(network)} has exhausted subnet(${subnetUuid ?? "all"})`);
  }

  async #freeIn(network: ConfigObject, subnet: Subnet, owner: string): Promise<number | undefined> {
    const pool = addressPool(network.uuid, subnet);
    const ranges = subnet.fromStart ? subnet.ranges : subnet.ranges.toReversed();
    for (const range of ranges.flatMap((item) => withoutReserved(item, subnet.reserved, subnet.fromStart))) {
      try {
        const [first, last] = [BigInt(range.first), BigInt(range.last)];
        return Number(await this.#store.allocate({ pool, owner, first, last, fromEnd: !subnet.fromStart }));
      } catch (reason) {
        if (ContrailError.from(reason).code !== "store.exhausted_conflict") throw reason;
      }
    }
    return undefined;
  }
}

function holds(subnet: Subnet, address: number): boolean {
  return address >= subnet.network && address < subnet.network + 2 ** (32 - subnet.length);
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/** A range in pieces that hold no reserved address, in the order of the search. */
function withoutReserved(range: Range, reserved: ReadonlySet<number>, fromStart: boolean): readonly Range[] {
  const cuts = [...reserved].filter((address) => address >= range.first && address <= range.last).sort((a, b) => a - b);
  const pieces: Range[] = [];
  let first = range.first;
  for (const cut of cuts) {
    if (cut > first) pieces.push({ first, last: cut - 1 });
    first = cut + 1;
  }
  if (first <= range.last) pieces.push({ first, last: range.last });
  return fromStart ? pieces : pieces.toReversed();
}

function withMac(object: ConfigObject): ConfigObject {
  const given = object.properties.virtual_machine_interface_mac_addresses as JsonObject | undefined; // MacAddressesType.
  if (Array.isArray(given?.mac_address) && given.mac_address.length > 0) return object;
  const digits = `02${object.uuid.replaceAll("-", "").slice(0, 10)}`;
  const mac = (digits.match(/../g) ?? []).join(":");
  const properties = { ...object.properties, virtual_machine_interface_mac_addresses: { mac_address: [mac] } };
  return { ...object, properties };
}

/** "Virtual-Network(domain:project:name)". */
function title(network: ConfigObject): string {
  return `Virtual-Network(${network.fqName.join(":")})`;
}
