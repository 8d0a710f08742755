import type { FamilyName } from "@contrail/bgp";
import type { Place } from "../network.ts";

/** What a router is to our node: a client of our reflection, a reflector of which we are the client, of another AS. */
export type Role = "client" | "reflector" | "external";

/** Our AS; the one of a router outside is this and the last number of its address. */
export const OUR_AS = 64_512;
const OUTSIDE_AS = 65_000;

/** The AS of a router in a role. */
export function asOf(role: Role, { address }: Place): number {
  return role === "external" ? OUTSIDE_AS + Number(address.split(".").at(-1)) : OUR_AS;
}

/** The routes that a router gives when it is told to; red ones have the route target that our instance imports. */
export interface OwnRoutes {
  readonly inet: string;
  readonly inetVpn: string;
  readonly inet6Vpn: string;
  readonly evpn: string;
}

export const RED_TARGET = "64512:100";

/** Routes by the last number of a router's address. */
export function ownRoutes(index: number): OwnRoutes {
  return {
    inet: `10.${100 + index}.0.0/16`,
    inetVpn: `10.${110 + index}.0.0/24`,
    inet6Vpn: `2001:db8:${index}::/48`,
    evpn: `02:00:00:00:00:${String(index).padStart(2, "0")}`,
  };
}

/** A router of somebody else, that runs from its making until it is stopped. */
export interface Router {
  readonly routes: OwnRoutes;
  /** Families that it gives routes of, and those that it can be asked for. */
  readonly gives: readonly FamilyName[];
  readonly takes: readonly FamilyName[];
  /** Families of which it keeps our routes while we restart (RFC 4724 section 4.2). */
  readonly keeps: readonly FamilyName[];
  /** Gives its route of each family, or takes it back. */
  announce(): void;
  withdraw(): void;
  /** Everything that it knows of a family, as it prints it. */
  shows(family: FamilyName): string;
  /** Asks us for all routes again; undefined: it never does. */
  readonly refresh: (() => void) | undefined;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** The text by which a router's own route of a family is found; undefined where it has none. */
export function textOf(routes: OwnRoutes, family: FamilyName): string | undefined {
  const texts: Partial<Record<FamilyName, string>> = {
    inet: routes.inet,
    "inet-vpn": routes.inetVpn,
    "inet6-vpn": routes.inet6Vpn,
    "e-vpn": routes.evpn,
  };
  return texts[family];
}
