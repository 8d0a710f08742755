import {
  compareAttributes,
  comparePaths,
  type Destination,
  decidingRule,
  isVpnFamily,
  type Path,
  type Rib,
  targetsOf,
  type VrfTable,
} from "@contrail/rib";

/** What became of a path, or of a route: where `reason` is undefined, what was wanted; else why not. */
export interface Judgement {
  readonly reason: string | undefined;
}

/** A path, and why it is not the best one. */
export interface JudgedPath extends Judgement {
  readonly path: Path;
  readonly best: boolean;
}

/** Every path of a destination, best first, with the rule by which the best one stands before it. */
export function judgePaths(rib: Pick<Rib, "infeasibility">, destination: Destination): readonly JudgedPath[] {
  const { best, paths } = destination;
  return paths.map((path) => ({ path, best: path === best, reason: whyNotBest(rib, path, destination) }));
}

function whyNotBest(rib: Pick<Rib, "infeasibility">, path: Path, destination: Destination): string | undefined {
  const { best } = destination;
  if (path === best) return undefined;
  if (!path.feasible) return `never chosen: ${rib.infeasibility(path, destination) ?? "not feasible"}`;
  if (best === undefined) return "not worked off yet";
  return `the best path has: ${decidingRule(comparePaths(best, path)) ?? "nothing before it"}`;
}

/** An instance, and whether a destination is imported there. */
export interface JudgedInstance extends Judgement {
  readonly instance: string;
}

/** Why a destination is not in a routing instance; its reason is undefined where it is. */
export function judgeImport(table: VrfTable, destination: Destination): JudgedInstance {
  const instance = table.settings.name;
  const { best, family } = destination;
  if (!isVpnFamily(family)) return { instance, reason: `routes of ${family} are not imported into instances` };
  if (best === undefined) return { instance, reason: "no path may be chosen" };
  return { instance, reason: table.importRefusal(best, targetsOf(best)) ?? table.policyRefusal(destination) };
}

/** A destination of a prefix in a routing instance, and why traffic does not take it. */
export interface JudgedShare extends Judgement {
  readonly destination: Destination;
}

/** Destinations of one prefix in an instance: those that share the traffic, and why the others do not. */
export function judgeShares(destinations: Iterable<Destination>): readonly JudgedShare[] {
  const ranked = [...destinations].filter(({ best }) => best !== undefined);
  const order = (a: Destination, b: Destination): number =>
    a.best === undefined || b.best === undefined ? 0 : compareAttributes(a.best.attributes, b.best.attributes);
  const [first] = ranked.sort(order);
  return ranked.map((destination) => {
    const rule = first && decidingRule(order(first, destination));
    return { destination, reason: rule && `another route to the prefix has: ${rule}` };
  });
}
