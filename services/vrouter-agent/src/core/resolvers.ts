import { formatInetAddress, parseInetAddress } from "@contrail/net";
import type { ActivePort } from "./active-port.ts";
import { annotations, CLOUDSTACK } from "./annotations.ts";

/** Servers that are asked for one question. */
const MAX_RESOLVERS = 3;

/** Addresses in a list with commas; what is none is left out. */
export function resolverList(text: string): readonly string[] {
  return text.split(",").flatMap((part) => {
    const address = parseInetAddress(part.trim());
    return address === undefined ? [] : [formatInetAddress(address)];
  });
}

/** The name servers of resolv.conf(5). */
export function resolvConfServers(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => resolverList(/^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? ""));
}

/**
 * Who is asked for the outside's names: the network's own servers, else the host's. Tenants may choose those of a network:
 * the host itself, by loopback or by any address of its own, links and groups are not asked for them.
 */
export function resolversOf(
  port: ActivePort,
  ofHost: readonly string[],
  ownAddresses: ReadonlySet<string>,
): readonly string[] {
  const told = resolverList(annotations(port.network).get(CLOUDSTACK.nameServers) ?? "");
  const ofNetwork = told.filter((address) => isOutside(address) && !ownAddresses.has(address));
  return (ofNetwork.length > 0 ? ofNetwork : ofHost).slice(0, MAX_RESOLVERS);
}

function isOutside(address: string): boolean {
  return !/^(0|127|169\.254|22[4-9]|2[3-5]\d)\./.test(address);
}
