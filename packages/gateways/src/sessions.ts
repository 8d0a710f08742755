import { FAMILIES, type FamilyName } from "@contrail/bgp";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import { parseInetAddress } from "@contrail/net";
import { type ConfigObject, filledText, integerIn, type JsonObject, type JsonValue, record } from "@contrail/schema";
import { byName, nameOf, records } from "./config-values.ts";
import type { Neighbour } from "./gateway.ts";
import { checkedKey } from "./safe-text.ts";

const BGP_PORT = 179;
const MAX_AS = 4_294_967_295;
const SYSTEM = ["default-global-system-config"];
const CONTROL_NODE = "control-node";
/** What a control node offers where its bgp-router lists none. */
const DEFAULT_FAMILIES: readonly FamilyName[] = ["route-target", "e-vpn", "inet-vpn", "inet6-vpn"];

/** bgp_router_parameters of a router. */
export function parametersOf(router: ConfigObject): JsonObject {
  return record(router.properties.bgp_router_parameters);
}

/** The AS of a router: as its peers know it, else its own, else the system's; undefined where none is said. */
export function autonomousSystemOf(graph: ConfigGraph, router: ConfigObject): number | undefined {
  const { local_autonomous_system: local, autonomous_system: own } = parametersOf(router);
  const system = graph.find("global-system-config", SYSTEM)?.properties.autonomous_system;
  return integerIn(local, 1, MAX_AS) ?? integerIn(own, 1, MAX_AS) ?? integerIn(system, 1, MAX_AS);
}

/** The sessions of a gateway with control nodes, by address; those that are down on purpose are left out. */
export function sessionsOf(graph: ConfigGraph, gateway: ConfigObject): readonly Neighbour[] {
  const nodes = graph
    .linked(gateway.uuid, "bgp-router")
    .filter((router) => parametersOf(router).router_type === CONTROL_NODE);
  if (nodes.length === 0) {
    const known = [...graph.ofType("bgp-router")].filter((each) => parametersOf(each).router_type === CONTROL_NODE);
    const names = known.map(nameOf).sort().join(", ") || "none is known";
    throw new ContrailError(
      "gateway.not_found",
      `${nameOf(gateway)} has no session with a control node (${names}); add them to its bgp_router_refs: ` +
        `contrail api edit bgp-router ${nameOf(gateway)}`,
    );
  }
  const sessions = nodes.flatMap((node) => sessionWith(graph, gateway, node) ?? []);
  return sessions.sort((a, b) => (parseInetAddress(a.address) ?? 0) - (parseInetAddress(b.address) ?? 0));
}

function sessionWith(graph: ConfigGraph, gateway: ConfigObject, node: ConfigObject): Neighbour | undefined {
  const [here, there] = [optionsAt(gateway, node), optionsAt(node, gateway)];
  const [own, theirs] = [parametersOf(gateway), parametersOf(node)];
  if ([here, there, own, theirs].some(({ admin_down: down }) => down === true)) return undefined;
  const address = filledText(theirs.address) ?? "";
  if (parseInetAddress(address) === undefined) throw missing(node, "address, an IPv4 address");
  const localAs = integerIn(here.local_autonomous_system, 1, MAX_AS) ?? autonomousSystemOf(graph, gateway);
  const peerAs = integerIn(there.local_autonomous_system, 1, MAX_AS) ?? autonomousSystemOf(graph, node);
  if (localAs === undefined) throw missing(gateway, "autonomous_system");
  if (peerAs === undefined) throw missing(node, "autonomous_system");
  const lists = [own, theirs, here, there].map(({ address_families: families }) => familiesOf(families));
  const [ofOwn = DEFAULT_FAMILIES, ofTheirs = DEFAULT_FAMILIES, ofHere, ofThere] = lists;
  const chosen = [ofOwn, ofTheirs, ofHere, ofThere].filter((list) => list !== undefined);
  const holdTime = integerIn(here.hold_time, 1, 65_535) ?? integerIn(own.hold_time, 1, 65_535);
  return {
    name: nameOf(node),
    address,
    port: integerIn(theirs.port, 1, 65_535) ?? BGP_PORT,
    localAs,
    peerAs,
    families: FAMILIES.filter((family) => chosen.every((list) => list.includes(family))),
    // 1 and 2 s are no hold times (RFC 4271 section 4.2); 0 stands for the default.
    holdTimeSeconds: holdTime === undefined ? undefined : Math.max(3, holdTime),
    passive: here.passive === true,
    key: keyOf(there, gateway) ?? keyOfRouters(gateway, node),
    ttlSecurityHops: integerIn(there.ttl_security_hops, 1, 254),
  };
}

/** Says what a router lacks, and how to give it. */
export function missing(router: ConfigObject, what: string): ContrailError {
  return new ContrailError(
    "gateway.bad_request",
    `bgp-router ${nameOf(router)} has no ${what}; set it in bgp_router_parameters: ` +
      `contrail api edit bgp-router ${nameOf(router)}`,
  );
}

/**
 * The attributes of a session as they hold at one end: those on the reference that either router has to the other
 * (BgpPeeringAttributes). What names that end counts before what is for both.
 */
function optionsAt(end: ConfigObject, other: ConfigObject): JsonObject {
  const given = [...attributesOn(end, other), ...attributesOn(other, end)];
  const names: readonly (JsonValue | undefined)[] = [end.uuid, nameOf(end), end.fqName.at(-1)];
  const common = given.filter(({ bgp_router: router }) => (router ?? "") === "");
  const named = given.filter(({ bgp_router: router }) => (router ?? "") !== "" && names.includes(router));
  const said = [...common, ...named].map((attributes) =>
    Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null)),
  );
  return Object.assign({}, ...said) as JsonObject; // Of such parts alone.
}

function attributesOn(router: ConfigObject, other: ConfigObject): readonly JsonObject[] {
  const ref = router.refs.find(({ toType, toUuid }) => toType === "bgp-router" && toUuid === other.uuid);
  return records(record(ref?.attr).session).flatMap(({ attributes }) => records(attributes));
}

function familiesOf(value: JsonValue | undefined): readonly FamilyName[] | undefined {
  const listed = record(value).family;
  if (!Array.isArray(listed) || listed.length === 0) return undefined;
  return FAMILIES.filter((family) => (listed as readonly JsonValue[]).includes(family));
}

/** The key where the session names none: that of either router; of two that of the first by name (decision 0047). */
function keyOfRouters(gateway: ConfigObject, node: ConfigObject): string | undefined {
  const keys = [gateway, node].sort(byName).map((router) => keyOf(parametersOf(router), router));
  return keys.find((key) => key !== undefined);
}

/** The key with the lowest number of auth_data (AuthenticationData). */
function keyOf({ auth_data: data }: JsonObject, owner: ConfigObject): string | undefined {
  if (record(data).key_type !== "md5") return undefined;
  const numberOf = ({ key_id: id }: JsonObject): number => integerIn(id, 0, 63) ?? 0;
  const items = records(record(data).key_items).toSorted((a, b) => numberOf(a) - numberOf(b));
  const key = items.map((item) => filledText(item.key)).find((each) => each !== undefined);
  return key === undefined ? undefined : checkedKey(key, nameOf(owner));
}
