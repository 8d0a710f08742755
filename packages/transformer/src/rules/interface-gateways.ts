import { parseInet6Address, parseInetAddress } from "@contrail/net";
import { type ConfigObject, type JsonObject, record } from "@contrail/schema";
import type { Reader } from "../flow.ts";
import { text } from "../json-read.ts";
import { ipamSubnets } from "./subnets.ts";

/** Where an interface sends its packets, by IP version; undefined where it has no address, or its subnet no gateway. */
export interface InterfaceGateways {
  readonly v4: string | undefined;
  readonly v6: string | undefined;
}

/** The gateways of the subnets that an interface's addresses are in: of each version the one of its first address. */
export function interfaceGateways(
  read: Reader,
  network: ConfigObject,
  addresses: readonly string[],
): InterfaceGateways {
  const subnets = ipamSubnets(read, network);
  const gatewayOf = (address: string | undefined): string | undefined => {
    const subnet = address && subnets.find((each) => isIn(record(each.subnet), address));
    const gateway = text(subnet ? subnet.default_gateway : undefined);
    return gateway === undefined || !bitsOf(gateway)?.value ? undefined : gateway; // 0.0.0.0 and :: are none.
  };
  return {
    v4: gatewayOf(addresses.find((address) => !address.includes(":"))),
    v6: gatewayOf(addresses.find((address) => address.includes(":"))),
  };
}

function isIn({ ip_prefix: prefix, ip_prefix_len: length }: JsonObject, address: string): boolean {
  const [subnet, own] = [bitsOf(text(prefix) ?? ""), bitsOf(address)];
  if (subnet === undefined || own === undefined || subnet.count !== own.count) return false;
  if (typeof length !== "number" || length < 0 || length > own.count) return false;
  return (subnet.value ^ own.value) >> BigInt(own.count - length) === 0n;
}

/** An address of either version as so many bits. */
function bitsOf(address: string): { readonly value: bigint; readonly count: 32 | 128 } | undefined {
  const inet = parseInetAddress(address);
  if (inet !== undefined) return { value: BigInt(inet), count: 32 };
  const inet6 = parseInet6Address(address);
  return inet6 === undefined ? undefined : { value: inet6, count: 128 };
}
