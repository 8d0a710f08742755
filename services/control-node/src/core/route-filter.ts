import {
  FAMILIES,
  type FamilyName,
  type FamilyRoutes,
  formatRoutes,
  parseRouteDistinguisher,
  parseRouteTarget,
  type RouteDistinguisher,
} from "@contrail/bgp";
import { ContrailError } from "@contrail/errors";
import { parseInet6Address, parseInetAddress } from "@contrail/net";
import type { Destination, Path } from "@contrail/rib";

/** An IPv4 or IPv6 prefix, or an address as the longest one. */
interface Prefix {
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly length: number;
}

/** Which routes of the tables somebody wants to see. What is undefined leaves all. */
export interface RouteFilter {
  readonly families: readonly FamilyName[];
  readonly prefix: Prefix | undefined;
  /** Routes inside the prefix, too. */
  readonly longer: boolean;
  readonly distinguisher: RouteDistinguisher | undefined;
  readonly target: bigint | undefined;
  /** Agent or peer that gave a path: its whole name, or the last part of it. */
  readonly source: string | undefined;
  /** Part of the route's text form: a MAC address, a type of route. */
  readonly text: string | undefined;
}

type Query = Readonly<Record<string, string>>;

/**
 * The filter that a query asks for: `family`, `prefix` (also an address), `longer=1`, `rd`, `target`, `source`, `text`.
 * Throws "introspect.bad_request" naming the parameter and what is wanted.
 */
export function routeFilter(query: Query): RouteFilter {
  const { family, prefix, rd, target, source, text } = query;
  return {
    families: family === undefined || family === "" ? FAMILIES : [familyNamed(family)],
    prefix: given(prefix, "prefix", "an address or prefix as 10.1.0.0/16 or 2001:db8::/32", parsePrefix),
    longer: query.longer === "1",
    distinguisher: given(rd, "rd", "a route distinguisher as 64512:1 or 10.0.0.1:3", parseRouteDistinguisher),
    target: given(target, "target", "a route target as target:64512:8000001", parseRouteTarget),
    source: source === "" ? undefined : source,
    text: text === "" ? undefined : text?.toLowerCase(),
  };
}

/** The value of a parameter that has to be given. Throws "introspect.bad_request" with the page that lists what can be. */
export function wantedParameter(query: Query, name: string, page: string): string {
  const { [name]: value = "" } = query;
  if (value !== "") return value;
  throw new ContrailError("introspect.bad_request", `${name}: wanted in the query, as ?${name}=…; see ${page}`);
}

/** True where a destination is wanted. Cheap tests first: this is asked of every route of a large table. */
export function isWanted(destination: Destination, filter: RouteFilter): boolean {
  const { prefix, distinguisher, target, source, text } = filter;
  if (prefix !== undefined && !liesIn(prefixOf(destination), prefix, filter.longer)) return false;
  if (distinguisher !== undefined && !hasDistinguisher(destination, distinguisher)) return false;
  if (target !== undefined && !destination.paths.some((path) => hasTarget(path, target))) return false;
  if (source !== undefined && !destination.paths.some((path) => isNamed(path.source.name, source))) return false;
  return text === undefined || routeText(destination).toLowerCase().includes(text);
}

/** True where an IPv4 prefix is wanted, whatever else the filter says. */
export function isPrefixWanted(address: number, length: number, { prefix, longer }: RouteFilter): boolean {
  return prefix === undefined || liesIn(inetPrefix(address, length), prefix, longer);
}

/** True where a name is the one that is meant: the whole, or its last part. */
export function isNamed(name: string, meant: string): boolean {
  return name === meant || name.split(":").at(-1) === meant;
}

/** A destination as OpenContrail writes it. */
export function routeText(destination: Destination): string {
  const { family } = destination;
  const route = destination.family === "inet-vpn" ? { ...destination, label: 0 } : destination.route;
  const [text = ""] = formatRoutes({ family, routes: [route] } as FamilyRoutes); // The route is of that family.
  return text;
}

/** A prefix, or an address as the longest one; undefined where it is neither, or has bits behind its length. */
function parsePrefix(text: string): Prefix | undefined {
  const [addressText = "", lengthText, more] = text.split("/");
  const inet = parseInetAddress(addressText);
  const address = inet === undefined ? parseInet6Address(addressText) : BigInt(inet);
  if (address === undefined || more !== undefined) return undefined;
  const bits = inet === undefined ? 128 : 32;
  if (lengthText !== undefined && !/^[0-9]{1,3}$/.test(lengthText)) return undefined;
  const length = lengthText === undefined ? bits : Number(lengthText);
  if (length > bits || (address & ((1n << BigInt(bits - length)) - 1n)) !== 0n) return undefined;
  return { bits, address, length };
}

function given<T>(
  text: string | undefined,
  name: string,
  wanted: string,
  parse: (text: string) => T | undefined,
): T | undefined {
  if (text === undefined || text === "") return undefined;
  const value = parse(text);
  if (value === undefined) throw new ContrailError("introspect.bad_request", `${name}: not ${wanted}`);
  return value;
}

function familyNamed(name: string): FamilyName {
  const family = FAMILIES.find((each) => each === name);
  if (family === undefined)
    throw new ContrailError("introspect.bad_request", `family: not one of ${FAMILIES.join(", ")}`);
  return family;
}

/** The prefix that a route is about; undefined where it is about something else. */
function prefixOf(destination: Destination): Prefix | undefined {
  if (destination.family === "inet-vpn") return inetPrefix(destination.address, destination.length);
  const { route } = destination;
  if ("address" in route && "length" in route) return ipPrefix(route.address, route.length);
  if ("ip" in route && route.ip !== undefined) return ipPrefix(route.ip, typeof route.ip === "number" ? 32 : 128);
  return undefined;
}

function ipPrefix(address: number | bigint, length: number): Prefix {
  return typeof address === "number" ? inetPrefix(address, length) : { bits: 128, address, length };
}

function inetPrefix(address: number, length: number): Prefix {
  return { bits: 32, address: BigInt(address), length };
}

function liesIn(inner: Prefix | undefined, outer: Prefix, longer: boolean): boolean {
  if (inner === undefined || inner.bits !== outer.bits) return false;
  if (!longer) return inner.length === outer.length && inner.address === outer.address;
  const shift = BigInt(outer.bits - outer.length);
  return inner.length >= outer.length && inner.address >> shift === outer.address >> shift;
}

function hasDistinguisher(destination: Destination, { high, low }: RouteDistinguisher): boolean {
  const at = destination.family === "inet-vpn" ? destination : destination.route;
  return "rdHigh" in at && at.rdHigh === high && at.rdLow === low;
}

function hasTarget({ attributes }: Path, target: bigint): boolean {
  return attributes.extendedCommunities.includes(target);
}
