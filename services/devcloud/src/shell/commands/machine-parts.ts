import { randomInt } from "node:crypto";
import { invalid } from "../../core/api-error.ts";
import type { JsonObject } from "../../core/json.ts";
import { mayUse } from "../../core/ownership.ts";
import type { AccountRow, MachineRow, NetworkRow, NicRow } from "../../core/rows.ts";
import { isHostAddress, nicMac } from "../../core/subnet.ts";
import { type MachineViewOptions, machineView } from "../../core/views/machine-view.ts";
import { need } from "../../core/world.ts";
import type { Answer, Call } from "../command.ts";

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i;
const MAX_USER_DATA_BYTES = 1024 * 1024;
const PLACES = 1_000_000;

/** The machine that a call names, by `id` or another parameter. */
export function machineOf({ cloud: { store }, values }: Call, parameter = "id"): MachineRow {
  return need(store, "machine", values.need(parameter));
}

/** {"virtualmachine": …} as the caller may see it now. */
export function shownMachine(call: Call, uuid: string, options: Omit<MachineViewOptions, "forAdmin"> = {}): JsonObject {
  const {
    cloud: { store },
    caller,
  } = call;
  const machine = need(store, "machine", uuid);
  return { virtualmachine: machineView(store, machine, { ...options, forAdmin: caller.account.type === 1 }) };
}

/** User data as given, or of the registered one; base64, at most 1 MiB of text. */
export function userDataOf({ cloud: { store }, caller, values }: Call): string | undefined {
  const registered = store.find("userData", values.text("userdataid"));
  if (registered !== undefined && !mayUse(store, caller.account, registered.account))
    throw invalid("Unable to find user data");
  const text = registered?.content ?? values.text("userdata");
  if (text === undefined) return undefined;
  const compact = text.replace(/[\s=]/g, "").replaceAll("-", "+").replaceAll("_", "/");
  if (!/^[A-Za-z0-9+/]*$/.test(compact) || compact.length % 4 === 1) throw invalid("User data is not base64 encoded");
  if (compact.length * 0.75 > MAX_USER_DATA_BYTES)
    throw invalid("User data has exceeded configurable max length : 1048576");
  return Buffer.from(compact, "base64").toString("base64");
}

/** Names and public keys of the pairs that `keypair` and `keypairs` name, of an owner. */
export function keysOf(
  { cloud: { store }, values }: Call,
  owner: string,
): { keyPairs: string[]; publicKeys: string | undefined } {
  const names = [...(values.list("keypairs") ?? []), ...(values.list("keypair") ?? [])];
  const own = store.where("keyPair", "account", owner);
  const pairs = names.map((name) => {
    const pair = own.find((candidate) => candidate.name === name);
    if (pair === undefined) throw invalid(`A key pair with name '${name}' was not found.`);
    return pair;
  });
  return {
    keyPairs: names,
    publicKeys: pairs.length === 0 ? undefined : pairs.map(({ publicKey }) => publicKey).join("\n"),
  };
}

/** A network that an account may plug a machine into. Throws ApiError. */
export function usableNetwork({ cloud: { store } }: Call, uuid: string, owner: AccountRow, zone: string): NetworkRow {
  const network = store.find("network", uuid);
  if (network === undefined || !mayUse(store, owner, network.account))
    throw invalid(`Unable to find network by id ${uuid}`);
  if (network.zone !== zone) throw invalid(`Network ${uuid} is in another zone`);
  if (network.state === "Destroy") throw invalid(`Network ${uuid} is being removed`);
  return network;
}

/** Address and MAC that a NIC is wanted to have. */
export interface NicWish {
  readonly ip?: string | undefined;
  readonly mac?: string | undefined;
}

/** Address and MAC of a NIC that is to be made. */
export interface NicAddresses {
  readonly ip: string;
  readonly mac: string;
}

/** Addresses of a network's next NIC, as wanted or free; nothing is taken yet. Throws ApiError 431 where there are none. */
export function nicAddresses({ networks, store }: Call["cloud"], network: NetworkRow, wish: NicWish): NicAddresses {
  const ip =
    wish.ip === undefined
      ? networks.freeAddress(network.uuid, randomInt(PLACES) / PLACES)
      : wantedAddress({ networks }, network, wish.ip);
  if (ip === undefined) throw invalid(`Network ${network.name} has no free address left`);
  if (wish.mac !== undefined && !MAC.test(wish.mac)) throw invalid(`Mac address is not valid: ${wish.mac}`);
  const used = new Set(store.where("nic", "network", network.uuid).map(({ mac }) => mac));
  const wanted = wish.mac?.toLowerCase();
  if (wanted !== undefined && used.has(wanted)) throw invalid(`Mac address is in use: ${wanted}`);
  let number = network.macsUsed + 1;
  while (used.has(nicMac(network.number, number))) number += 1; // Somebody wished for that one.
  return { ip, mac: wanted ?? nicMac(network.number, number) };
}

/** Makes a NIC with addresses that were found just now: nothing may happen in between. */
export function makeNic(
  { cloud: { store } }: Call,
  machine: string,
  networkUuid: string,
  nic: { readonly deviceId: number; readonly isDefault: boolean },
  addresses: NicAddresses,
): NicRow {
  store.change("network", networkUuid, { macsUsed: need(store, "network", networkUuid).macsUsed + 1 });
  return store.make("nic", { machine, network: networkUuid, ...addresses, ...nic, secondaries: [] });
}

/** Checks an address that somebody wants. Throws ApiError 431 where it is outside, or taken. */
export function wantedAddress({ networks }: Pick<Call["cloud"], "networks">, network: NetworkRow, ip: string): string {
  if (!isHostAddress(network.cidr, ip)) throw invalid(`The IP ${ip} is not in the network ${network.cidr}`);
  if (networks.isTaken(network.uuid, ip))
    throw invalid(`Unable to acquire Guest IP address ${ip} for network ${network.name}`);
  return ip;
}

/** A job that works on a machine; the work is told its own uuid. */
export function machineJob(machine: MachineRow, work: (job: string) => Promise<JsonObject>): Answer {
  return {
    kind: "job",
    instanceType: "VirtualMachine",
    instance: machine.uuid,
    owner: machine.account,
    subject: { type: "VirtualMachine", uuid: machine.uuid, name: machine.name },
    work: ({ uuid }) => work(uuid),
  };
}
