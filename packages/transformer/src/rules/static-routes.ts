import { isInet6Address, parseInetAddress } from "@contrail/net";
import { type ConfigObject, type JsonObject, type JsonValue, list, record } from "@contrail/schema";
import { type Fact, type FactTable, fact, factTable } from "../fact-table.ts";
import type { Reader, Rule } from "../flow.ts";
import { nameOf, objectOf, objectsOf, targetsOf } from "../intent-tables.ts";
import { text, texts } from "../json-read.ts";
import { ROUTER_TABLES } from "./logical-router.ts";
import { OWN_TARGET } from "./own-target.ts";
import { SERVICES } from "./service.ts";
import { mayUse } from "./sharing.ts";

/** A static route of a network's default instance (StaticRouteType). */
interface StaticRoute {
  readonly prefix: string;
  readonly nextHop: string;
  /** The target under which others import it; undefined: it is the network's own. */
  readonly target: string | undefined;
  readonly community: readonly string[];
}

/** Static routes by the network in whose default instance they lie. */
const STATIC_ROUTES: FactTable<StaticRoute> = factTable("static routes");

/**
 * The routes of the tables that a network refers to, and of those of its logical routers. A route to an address lies in
 * the network's own instance; one to a service in the instance of the service's network, exported with the target of
 * the network that wants it.
 */
export const staticRoutesRule: Rule = {
  name: "static routes",
  on: objectsOf("virtual-network"),
  run(name, read) {
    const network = objectOf(read, "virtual-network", name);
    const ofRouters = read.values(ROUTER_TABLES, name).flatMap(([, tables]) => tables);
    const facts: Fact[] = [];
    for (const table of new Set([...targetsOf(network, "route-table"), ...ofRouters])) {
      const routes = list(record(objectOf(read, "route-table", table)?.properties.routes).route);
      for (const [index, route] of routes.map(record).entries()) {
        const made = network === undefined ? undefined : routeOf(read, network, route);
        if (made !== undefined) facts.push(fact(STATIC_ROUTES, made.network, `${name} ${table} ${index}`, made.route));
      }
    }
    return { facts };
  },
};

/** The static routes of a network's instance as they stand in it; undefined where there are none. */
export function staticRouteEntries(read: Reader, network: string): JsonObject | undefined {
  const found = new Map<string, StaticRoute & { readonly targets: Set<string> }>();
  for (const [, route] of read.values(STATIC_ROUTES, network)) {
    const key = `${route.prefix} ${route.nextHop}`;
    const known = found.get(key) ?? { ...route, targets: new Set() };
    if (route.target !== undefined) known.targets.add(route.target);
    found.set(key, known);
  }
  if (found.size === 0) return undefined;
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  const route = sorted.map(([, { prefix, nextHop, targets, community }]) => ({
    prefix,
    next_hop: nextHop,
    route_target: [...targets].sort(),
    ...(community.length === 0 ? {} : { community }),
  }));
  return { route };
}

function routeOf(read: Reader, user: ConfigObject, route: JsonObject): Located | undefined {
  const network = nameOf(user);
  const [prefix, nextHop] = [text(route.prefix), text(route.next_hop)];
  if (prefix === undefined || nextHop === undefined) return undefined;
  const community = communitiesOf(route.community_attributes);
  if (isAddress(nextHop)) return { network, route: { prefix, nextHop, target: undefined, community } };
  const service = read.value(SERVICES, nextHop);
  if (service === undefined || !mayUse(user, service.sharing)) return undefined;
  const side = service.right?.network === network ? service.right : service.left;
  const address = prefix.includes(":") ? side?.v6 : side?.v4;
  if (side === undefined || address === undefined) return undefined;
  const target = side.network === network ? undefined : read.value(OWN_TARGET, network);
  return { network: side.network, route: { prefix, nextHop: address, target, community } };
}

interface Located {
  readonly network: string;
  readonly route: StaticRoute;
}

function isAddress(nextHop: string): boolean {
  return parseInetAddress(nextHop) !== undefined || isInet6Address(nextHop);
}

function communitiesOf(value: JsonValue | undefined): readonly string[] {
  return texts(record(value).community_attribute);
}
