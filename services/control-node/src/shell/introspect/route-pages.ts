import { FAMILIES, formatRouteTarget } from "@contrail/bgp";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { type Destination, keyAddress, keyLength, prefixKey, type Rib, type VrfTable } from "@contrail/rib";
import { type IntrospectPage, inRange, PageLink, pageRange } from "@contrail/runtime";
import {
  isNamed,
  isPrefixWanted,
  isWanted,
  type RouteFilter,
  routeFilter,
  wantedParameter,
} from "../../core/route-filter.ts";
import { judgeImport, judgePaths, judgeShares } from "../../core/why-route.ts";
import type { BgpExchange } from "../bgp-exchange.ts";
import type { PolicyProblems } from "../policy-problems.ts";
import { showDestination, showInstanceRoute, showKeyedRoute, showPath } from "./route-view.ts";
import { TableScan } from "./table-scan.ts";

/** What the pages about routes show. */
export interface RouteSources {
  readonly rib: Rib;
  readonly exchange: Pick<BgpExchange, "judge">;
  readonly policyProblems: Pick<PolicyProblems, "of" | "all">;
  readonly clock: Clock;
}

/** Destinations that are explained at once. */
const MOST_EXPLAINED = 20;

/**
 * The pages about routes. All take `offset` and `limit`, and the filters of routeFilter: `bgp-routes` and `why` look at
 * the tables of families, `routes` and `instance-routes` at those of the `instance` that is named.
 */
export function routePages({
  rib,
  exchange,
  policyProblems,
  clock,
}: RouteSources): Readonly<Record<string, IntrospectPage>> {
  const scan = new TableScan(clock);
  const found = async (query: Readonly<Record<string, string>>, most?: number) => {
    const filter = routeFilter(query);
    return scan.find(destinations(rib, filter), (each) => isWanted(each, filter), pageRange(query, most));
  };
  return {
    instances: (query) =>
      inRange([...rib.instances()], pageRange(query)).map((table) => ({
        ...showInstance(table),
        policyProblems: policyProblems.of(table.settings.name),
      })),
    "policy-problems": (query) => inRange([...policyProblems.all()], pageRange(query)),
    routes: async (query) => {
      const instance = wantedParameter(query, "instance", "/instances");
      const filter = routeFilter(query);
      const wanted = (key: number): boolean => isPrefixWanted(keyAddress(key), keyLength(key), filter);
      const keys = await scan.find(rib.routeKeys(instance) ?? [], wanted, pageRange(query));
      return keys.flatMap((key) => {
        const route = rib.route(instance, key);
        return route === undefined ? [] : [showInstanceRoute(route)];
      });
    },
    "instance-routes": async (query) => {
      const { text = "" } = query;
      const routes = rib.keyedRoutes(wantedParameter(query, "instance", "/instances"));
      return (await scan.find(routes, (route) => route.text.includes(text), pageRange(query))).map(showKeyedRoute);
    },
    families: () => FAMILIES.map((name) => ({ name, routes: rib.table(name).size })),
    "bgp-routes": async (query) => (await found(query)).map(showDestination),
    "vpn-routes": async (query) => (await found({ ...query, family: "inet-vpn" })).map(showDestination),
    why: async (query) => {
      const asked = instancesOf(rib, query.instance);
      return (await found(query, MOST_EXPLAINED)).map((destination) => ({
        ...showDestination(destination),
        paths: judgePaths(rib, destination).map(({ path, best, reason }) => ({ ...showPath(path, best), reason })),
        instances: judgeInstances(rib, destination, asked).map((judged) => {
          const problems = policyProblems.of(judged.instance);
          return problems.length === 0 ? judged : { ...judged, policyProblems: problems };
        }),
        peers: exchange.judge(destination).filter(({ peer }) => query.peer === undefined || isNamed(peer, query.peer)),
      }));
    },
  };
}

function* destinations(rib: Rib, { families }: RouteFilter): Iterable<Destination> {
  for (const family of families) yield* rib.table(family).all();
}

function showInstance({ settings, size, keyedSize }: VrfTable) {
  return {
    name: settings.name,
    virtualNetworkId: settings.virtualNetworkId,
    import: settings.importTargets.map(formatRouteTarget),
    export: settings.exportTargets.map(formatRouteTarget),
    routes: size,
    routesPage: new PageLink("routes", { instance: settings.name }),
    otherRoutes: keyedSize,
    otherRoutesPage: new PageLink("instance-routes", { instance: settings.name }),
  };
}

/** The instance that a question names, or none of those that do not import the route. */
function instancesOf(rib: Rib, name: string | undefined): VrfTable | undefined {
  if (name === undefined || name === "") return undefined;
  const table = rib.instance(name);
  if (table === undefined)
    throw new ContrailError("introspect.not_found", `instance: there is no routing instance ${name}; see /instances`);
  return table;
}

/** Instances that import a destination, or the one that is asked for, with what becomes of it there. */
function judgeInstances(rib: Rib, destination: Destination, asked: VrfTable | undefined) {
  const tables = asked === undefined ? [...rib.instances()] : [asked];
  return tables.flatMap((table) => {
    const { instance, reason } = judgeImport(table, destination);
    if (reason !== undefined) return asked === undefined ? [] : [{ instance, imported: false, reason }];
    const share = sharesOf(table, destination).find((each) => each.destination === destination);
    return [{ instance, imported: true, reason: share?.reason }];
  });
}

function sharesOf(table: VrfTable, destination: Destination) {
  if (destination.family !== "inet-vpn") return [];
  return judgeShares(table.destinations(prefixKey(destination.address, destination.length)));
}
