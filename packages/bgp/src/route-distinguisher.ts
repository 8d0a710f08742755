import { formatInetAddress, parseInetAddress } from "@contrail/net";

/**
 * A route distinguisher as two unsigned 32-bit numbers in wire order (RFC 4364 section 4.2).
 *
 *   high: | type (16) | administrator, first half (16)          |
 *   low:  | type 0: assigned number (32)                        |
 *         | types 1, 2: administrator, second half | number (16) |
 */
export interface RouteDistinguisher {
  readonly high: number;
  readonly low: number;
}

/** Type 1, as agents' routes carry it: host address and the agent's instance number (16 bits). */
export function inetRouteDistinguisher(address: number, assigned: number): RouteDistinguisher {
  return { high: ((1 << 16) | (address >>> 16)) >>> 0, low: ((address << 16) | (assigned & 0xffff)) >>> 0 };
}

/** "64512:1" (type 0), "172.30.1.2:3" (type 1), "4200000000L:1" or an AS above 65535 (type 2); undefined otherwise. */
export function parseRouteDistinguisher(text: string): RouteDistinguisher | undefined {
  const parts = /^([0-9.]+)(L?):([0-9]{1,10})$/.exec(text);
  const [, administrator = "", long = "", assignedText = ""] = parts ?? [];
  if (parts === null) return undefined;
  const assigned = Number(assignedText);
  if (administrator.includes(".")) {
    const address = parseInetAddress(administrator);
    if (address === undefined || assigned > 0xffff || long !== "") return undefined;
    return inetRouteDistinguisher(address, assigned);
  }
  const autonomousSystem = Number(administrator);
  if (autonomousSystem > 0xffffffff) return undefined;
  if (long === "" && autonomousSystem <= 0xffff) {
    return assigned <= 0xffffffff ? { high: autonomousSystem, low: assigned } : undefined;
  }
  if (assigned > 0xffff) return undefined;
  return {
    high: ((2 << 16) | (autonomousSystem >>> 16)) >>> 0,
    low: ((autonomousSystem << 16) | assigned) >>> 0,
  };
}

/** For people and introspect only; an unknown type prints as "type:high:low" in hexadecimal. */
export function formatRouteDistinguisher({ high, low }: RouteDistinguisher): string {
  const type = high >>> 16;
  const administrator = (((high & 0xffff) << 16) | (low >>> 16)) >>> 0;
  switch (type) {
    case 0:
      return `${high & 0xffff}:${low}`;
    case 1:
      return `${formatInetAddress(administrator)}:${low & 0xffff}`;
    case 2:
      return `${administrator}${administrator > 0xffff ? "" : "L"}:${low & 0xffff}`;
    default:
      return `${type}:0x${(high & 0xffff).toString(16)}:0x${low.toString(16)}`;
  }
}
