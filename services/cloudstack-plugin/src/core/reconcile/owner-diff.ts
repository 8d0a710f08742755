import type { JsonObject } from "@contrail/schema";
import { type Cloud, isRoot } from "../cloud.ts";
import {
  isOwnOwner,
  madeOwner,
  mendOwner,
  ROOT_DOMAIN,
  type WantedOwner,
  wantedDomain,
  wantedProject,
} from "../owner-plan.ts";
import type { Difference } from "./difference.ts";

/** Domains and projects of the configuration. */
export interface ActualOwners {
  readonly domains: readonly JsonObject[];
  readonly projects: readonly JsonObject[];
}

/** What differs of domains and projects, and the project of every owner: as it is, or as it will be made. */
export interface OwnerDifferences {
  /** Domains come before projects; removals the other way round, and last. */
  readonly differences: readonly Difference[];
  /** fq_name by the owner's uuid. */
  readonly projects: ReadonlyMap<string, readonly string[]>;
}

/** Compares domains and projects; those of others are neither changed nor removed. */
export function diffOwners(cloud: Pick<Cloud, "domains" | "owners">, actual: ActualOwners): OwnerDifferences {
  const names = new Set([...actual.domains, ...actual.projects].map(nameOf));
  const domains = new Map(actual.domains.map((object) => [String(object.uuid), object]));
  const projects = new Map(actual.projects.map((object) => [String(object.uuid), object]));
  const madeAs = new Map<string, readonly string[]>();
  const projectOf = new Map<string, readonly string[]>();
  const below = cloud.domains.filter((domain) => !isRoot(domain));
  const ofDomains = below.flatMap((domain) => {
    const object = domains.get(domain.uuid);
    const wanted = wantedDomain(domain);
    const fqName = takenName(wanted, object, names);
    madeAs.set(domain.uuid, fqName);
    return differenceOf(wanted, object, fqName);
  });
  const ofProjects = cloud.owners.flatMap((owner) => {
    const domain = isRoot(owner.domain) ? ROOT_DOMAIN : madeAs.get(owner.domain.uuid);
    if (domain === undefined) return []; // Its domain came between two lists; the next run has both.
    const object = projects.get(owner.uuid);
    const wanted = wantedProject(owner, domain);
    const fqName = takenName(wanted, object, names);
    projectOf.set(owner.uuid, fqName);
    return differenceOf(wanted, object, fqName);
  });
  const known = new Set([...cloud.domains, ...cloud.owners].map(({ uuid }) => uuid));
  const gone = (type: "project" | "domain", objects: ReadonlyMap<string, JsonObject>) =>
    [...objects]
      .filter(([uuid, object]) => isOwnOwner(object) && !known.has(uuid))
      .map(([uuid, object]) => removed(type, uuid, object));
  const differences = [...ofDomains, ...ofProjects, ...gone("project", projects), ...gone("domain", domains)];
  return { differences, projects: projectOf };
}

function differenceOf(
  wanted: WantedOwner,
  object: JsonObject | undefined,
  fqName: readonly string[],
): readonly Difference[] {
  const { type, uuid, displayName: name, kind } = wanted;
  if (object === undefined) {
    const writes = [{ kind: "create", type, object: madeOwner(wanted, fqName) } as const];
    return [{ action: "create", type, uuid, name, reason: `CloudStack has this ${kind}`, writes }];
  }
  const writes = isOwnOwner(object) ? mendOwner(wanted, object) : [];
  return writes.length === 0
    ? []
    : [{ action: "mend", type, uuid, name, reason: `the ${kind} is called so in CloudStack`, writes }];
}

function removed(type: "project" | "domain", uuid: string, object: JsonObject): Difference {
  const writes = [{ kind: "remove", type, uuid, unlessUsed: true } as const];
  return {
    action: "remove",
    type,
    uuid,
    name: String(object.display_name ?? uuid),
    reason: "CloudStack does not have it",
    writes,
  };
}

/** The name of the object that is there, else the first one that nobody has; it is taken then. */
function takenName({ fqNames }: WantedOwner, object: JsonObject | undefined, taken: Set<string>): readonly string[] {
  if (object !== undefined) return object.fq_name as readonly string[]; // The model says a list of strings.
  const name = fqNames.find((one) => !taken.has(one.join(":"))) ?? [];
  taken.add(name.join(":"));
  return name;
}

function nameOf({ fq_name: name }: JsonObject): string {
  return Array.isArray(name) ? name.join(":") : "";
}
