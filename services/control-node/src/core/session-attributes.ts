import { BGP_ROLES, type BgpRole, FAMILIES, type FamilyName, type Origin } from "@contrail/bgp";
import type { PrivateAsAction } from "@contrail/rib";
import { type ConfigObject, integerIn, type JsonObject, type JsonValue } from "@contrail/schema";
import type { DesiredPeer, PrefixLimit } from "./desired-peer.ts";
import { listOf } from "./json-read.ts";

/** What a session's attributes say of a peer; what they do not say is absent. */
export type SessionOptions = Partial<
  Omit<
    DesiredPeer,
    | "name"
    | "address"
    | "port"
    | "peerAs"
    | "clusterId"
    | "client"
    | "gateway"
    | "inner"
    | "dscp"
    | "gracefulRestartMs"
    | "longLivedStaleMs"
  >
>;

const PRIVATE_AS_ACTIONS: readonly PrivateAsAction[] = ["remove", "remove-all", "replace-all"];
/** RouteOriginAttributeType by the value of ORIGIN (RFC 4271 section 5.1.1). */
const ORIGINS: ReadonlyMap<JsonValue | undefined, Origin> = new Map([
  ["IGP", 0],
  ["EGP", 1],
]);
const INCOMPLETE = 2;
const MAX_LOOPS = 16;

/**
 * The options of the session between two bgp-routers: the attributes on the reference that either has to the other
 * (BgpPeeringAttributes). What is given for one router by name counts at that router and before what is for both.
 */
export function sessionOptions(own: ConfigObject, peer: ConfigObject): SessionOptions {
  const given = [...attributesOn(own, peer), ...attributesOn(peer, own)];
  const isOurs = (router: JsonValue | undefined): boolean =>
    router === own.uuid || router === own.fqName.join(":") || router === own.fqName.at(-1);
  const common = given.filter(({ bgp_router: router }) => router === undefined || router === null || router === "");
  const ours = given.filter(({ bgp_router: router }) => isOurs(router));
  return Object.assign({}, ...[...common, ...ours].map(optionsOf)) as SessionOptions; // Of such parts alone.
}

function attributesOn(router: ConfigObject, other: ConfigObject): readonly JsonObject[] {
  const ref = router.refs.find(({ toUuid, toType }) => toType === "bgp-router" && toUuid === other.uuid);
  const sessions = listOf((ref?.attr as JsonObject | null)?.session); // BgpPeeringAttributes.
  return sessions.flatMap(({ attributes }) => listOf(attributes));
}

function optionsOf(attributes: JsonObject): SessionOptions {
  const holdSeconds = integerIn(attributes.hold_time, 1, 65_535);
  const families = familiesOf(attributes.address_families);
  const entries = listOf(attributes.family_attributes).flatMap((entry) => {
    const family = FAMILIES.find((name) => name === entry.address_family);
    return family === undefined ? [] : [[family, entry] as const];
  });
  const prefixLimits = byFamily(entries, ({ prefix_limit: limit }) => prefixLimit(limit as JsonObject | undefined)); // BgpPrefixLimit.
  const familyLoopCounts = byFamily(entries, ({ loop_count: count }) => integerIn(count, 0, MAX_LOOPS));
  return withoutAbsent({
    families,
    holdTimeMs: holdSeconds === undefined ? undefined : Math.max(3, holdSeconds) * 1_000,
    passive: flag(attributes.passive),
    adminDown: flag(attributes.admin_down),
    localAs: integerIn(attributes.local_autonomous_system, 1, 4_294_967_295),
    loopCount: integerIn(attributes.loop_count, 0, MAX_LOOPS),
    familyLoopCounts,
    prefixLimits,
    asOverride: flag(attributes.as_override),
    privateAs: PRIVATE_AS_ACTIONS.find((action) => action === attributes.private_as_action),
    routeOrigin: routeOriginOf(attributes.route_origin_override),
    role: BGP_ROLES.find((role): role is BgpRole => role === attributes.bgp_role),
    strictRole: flag(attributes.bgp_role_strict),
    md5Key: md5KeyOf(attributes.auth_data),
    ttlSecurityHops: integerIn(attributes.ttl_security_hops, 1, 254),
  });
}

/** The key of AuthenticationData with the lowest number: TCP-MD5 has one at a time. Undefined where there is none. */
export function md5KeyOf(value: JsonValue | undefined): string | undefined {
  const data = value as JsonObject | null | undefined; // AuthenticationData.
  const keys = data?.key_type === "md5" ? listOf(data.key_items) : [];
  const numberOf = ({ key_id: id }: JsonObject): number => integerIn(id, 0, 63) ?? 0;
  const [first] = keys
    .filter(({ key }) => typeof key === "string" && key !== "")
    .sort((a, b) => numberOf(a) - numberOf(b));
  return first === undefined ? undefined : String(first.key);
}

/** Of RouteOriginOverride; INCOMPLETE where it names no other, as in OpenContrail. */
function routeOriginOf(value: JsonValue | undefined): DesiredPeer["routeOrigin"] {
  const given = value as JsonObject | null | undefined; // RouteOriginOverride.
  if (typeof given?.origin_override !== "boolean") return undefined;
  return given.origin_override ? (ORIGINS.get(given.origin) ?? INCOMPLETE) : "as-said";
}

/** Families of AddressFamilies; undefined where it lists none. */
export function familiesOf(value: JsonValue | undefined): readonly FamilyName[] | undefined {
  const listed = (value as JsonObject | null | undefined)?.family; // AddressFamilies.
  if (!Array.isArray(listed) || listed.length === 0) return undefined;
  return FAMILIES.filter((family) => (listed as readonly JsonValue[]).includes(family));
}

function prefixLimit(limit: JsonObject | null | undefined): PrefixLimit | undefined {
  const maximum = integerIn(limit?.maximum, 1, Number.MAX_SAFE_INTEGER);
  if (maximum === undefined) return undefined;
  return { maximum, holdDownMs: (integerIn(limit?.idle_timeout, 0, 86_400) ?? 0) * 1_000 };
}

function byFamily<Value>(
  entries: readonly (readonly [FamilyName, JsonObject])[],
  read: (entry: JsonObject) => Value | undefined,
): Partial<Record<FamilyName, Value>> | undefined {
  const found = entries.flatMap(([family, entry]) => {
    const value = read(entry);
    return value === undefined ? [] : [[family, value] as const];
  });
  return found.length === 0 ? undefined : (Object.fromEntries(found) as Partial<Record<FamilyName, Value>>); // By family.
}

function flag(value: JsonValue | undefined): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function withoutAbsent(options: SessionOptions): SessionOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
