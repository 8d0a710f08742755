import type { ActivePort } from "./active-port.ts";
import { octets32 } from "./dhcp-message.ts";
import { DNS_CODE, DNS_TYPE, type DnsQuery, type DnsRecord, writeAnswer, writeName } from "./dns-message.ts";
import { DATA_SERVER, isInside, type NetworkNames, reverseAddress } from "./network-names.ts";

/** Machines come and go, and a name must not outlive them by much. */
const TTL_SECONDS = 30;
/** Addresses in one answer; more machines have one name only by mistake. */
const MAX_ADDRESSES = 16;
const INTERNET = 1;

/** The agent's own answer to a machine's question; undefined: the outside is asked. */
export function ownAnswer(query: DnsQuery, port: ActivePort, names: NetworkNames): Uint8Array | undefined {
  if (query.class !== INTERNET) return writeAnswer(query, DNS_CODE.refused, [], 0);
  if (query.name === "") return undefined;
  const reverse = reverseAddress(query.name);
  if (reverse !== undefined) return reverseAnswer(query, reverse, port, names);
  const found = addressesOf(query.name, port, names);
  if (found !== undefined)
    return writeAnswer(query, DNS_CODE.ok, query.type === DNS_TYPE.a ? records(found) : [], TTL_SECONDS);
  // The domain is this network's: nobody outside knows more of it. A name of one label is nobody's outside.
  const inDomain = names.domain !== undefined && `.${query.name}`.endsWith(`.${names.domain}`);
  if (query.name === names.domain) return writeAnswer(query, DNS_CODE.ok, [], TTL_SECONDS);
  return inDomain || !query.name.includes(".") ? writeAnswer(query, DNS_CODE.noSuchName, [], TTL_SECONDS) : undefined;
}

function addressesOf(
  name: string,
  port: ActivePort,
  { addresses, domain }: NetworkNames,
): readonly number[] | undefined {
  const found = addresses.get(name);
  if (found !== undefined) return found;
  const isServer = name === DATA_SERVER || (domain !== undefined && name === `${DATA_SERVER}.${domain}`);
  const server = port.subnet?.gateway ?? port.subnet?.dnsServer;
  return isServer && server !== undefined ? [server] : undefined;
}

function records(addresses: readonly number[]): readonly DnsRecord[] {
  return addresses.slice(0, MAX_ADDRESSES).map((address) => ({ type: DNS_TYPE.a, data: octets32(address) }));
}

function reverseAnswer(
  query: DnsQuery,
  address: number,
  port: ActivePort,
  { names }: NetworkNames,
): Uint8Array | undefined {
  const name = names.get(address);
  if (name !== undefined) {
    const isAsked = query.type === DNS_TYPE.ptr || query.type === DNS_TYPE.any;
    return writeAnswer(query, DNS_CODE.ok, isAsked ? [{ type: DNS_TYPE.ptr, data: writeName(name) }] : [], TTL_SECONDS);
  }
  const subnets = port.subnets.map(({ prefix }) => prefix);
  return isInside(address, subnets) ? writeAnswer(query, DNS_CODE.noSuchName, [], TTL_SECONDS) : undefined;
}
