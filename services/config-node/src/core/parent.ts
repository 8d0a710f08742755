import type { ObjectType } from "@contrail/schema";
import { quotedList } from "./api-text.ts";
import { bad } from "./request-body.ts";

/**
 * Types that may be a parent although the model says that there is none: the Juniper plugin's client of older times
 * makes machines below their project.
 */
const LEGACY_PARENTS: Readonly<Record<string, readonly string[]>> = { "virtual-machine": ["project"] };

/** The parent that a name and a type stand for: undefined for objects of the root and those without parents. */
export interface ParentName {
  readonly type: string;
  readonly fqName: readonly string[];
}

/** Decides an object's parent from its name and the parent type given. Throws "config.bad_request". */
export function parentOf(
  type: ObjectType,
  fqName: readonly string[],
  given: string | undefined,
): ParentName | undefined {
  const allowed = [...type.parents, ...(LEGACY_PARENTS[type.name] ?? [])];
  const parentType = chosenType(type, fqName, given, allowed);
  if (parentType === undefined || parentType === "config-root") {
    if (type.parents.length > 0 && fqName.length !== 1) {
      throw bad(`Invalid fq-name for object with parent_type ${parentType ?? "config-root"}: ${fqName.join(":")}`);
    }
    return undefined;
  }
  if (fqName.length < 2) throw bad(`Invalid fq-name for object with parent_type ${parentType}: ${fqName.join(":")}`);
  return { type: parentType, fqName: fqName.slice(0, -1) };
}

function chosenType(
  type: ObjectType,
  fqName: readonly string[],
  given: string | undefined,
  allowed: readonly string[],
): string | undefined {
  if (given !== undefined) {
    if (allowed.includes(given)) return given;
    if (type.parents.length === 0 && given === "config-root") return undefined;
    throw bad(`Invalid parent type: ${given}. Allowed types: ${quotedList(allowed)}`);
  }
  if (type.parents.length === 0) return undefined;
  const [only] = type.parents;
  if (type.parents.length === 1) return only;
  if (fqName.length === 1 && type.parents.includes("config-root")) return "config-root";
  throw bad(`Missing parent type: ${quotedList(type.parents)}`);
}
