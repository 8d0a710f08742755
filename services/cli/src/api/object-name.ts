import { type JsonObject, type JsonValue, type ObjectType, objectType } from "@contrail/schema";

/** An object of the API by type and name. */
export interface ObjectName {
  /** Hyphenated. */
  readonly type: string;
  /** From the root down. */
  readonly fqName: readonly string[];
}

/** One text for each object: names may hold a ':'. */
export function keyOf({ type, fqName }: ObjectName): string {
  return `${type} ${JSON.stringify(fqName)}`;
}

/** "virtual-network default-domain:default-project:net1". */
export function nameText({ type, fqName }: ObjectName): string {
  return `${type} ${fqName.join(":")}`;
}

/** The name of an object as the API gave it. */
export function storedName(type: string, object: JsonObject): ObjectName {
  return { type, fqName: namesIn(object.fq_name) ?? [] };
}

/** A name as a list, or as one text with ':' between its parts; undefined where it is neither. */
export function namesIn(value: JsonValue | undefined): readonly string[] | undefined {
  if (typeof value === "string") return value === "" ? undefined : value.split(":");
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((part: JsonValue) => typeof part === "string" && part !== "")
    ? (value as readonly string[]) // Checked just here.
    : undefined;
}

/** The parent that a name stands for; undefined below the root; a text where the name or the type does not fit. */
export function parentOf(type: ObjectType, fqName: readonly string[], given: JsonValue | undefined) {
  const allowed = type.name === "virtual-machine" ? ["project"] : type.parents; // As the API has it for old clients.
  const chosen = given ?? impliedParent(type, fqName);
  if (chosen === undefined && type.parents.length > 1) {
    return `parent_type is needed: one of ${type.parents.join(", ")}`;
  }
  if (chosen === undefined || chosen === "config-root") {
    return type.parents.length > 0 && fqName.length !== 1 ? "fq_name: a name below the root has one part" : undefined;
  }
  if (!allowed.includes(String(chosen))) {
    return `parent_type ${String(chosen)}: a ${type.name} is below ${allowed.join(", ") || "nothing"}`;
  }
  if (fqName.length < 2) return `fq_name: the name of its ${String(chosen)} is wanted in front`;
  return { type: String(chosen), fqName: fqName.slice(0, -1) };
}

/** The form of a type's names, as "domain:project:name": of several parents the first. */
export function nameForm({ parents }: ObjectType): string {
  const above: string[] = [];
  for (let [parent] = parents; parent !== undefined && parent !== "config-root"; ) {
    above.unshift(parent);
    parent = objectType(parent)?.parents[0];
  }
  return [...above, "name"].join(":");
}

function impliedParent({ parents }: ObjectType, fqName: readonly string[]): string | undefined {
  if (parents.length === 1) return parents[0];
  return fqName.length === 1 && parents.includes("config-root") ? "config-root" : undefined;
}

/** Objects that are made together with another one, before its creation is answered. */
export function bornWith({ type, fqName }: ObjectName): readonly ObjectName[] {
  if (type === "domain") {
    const project = { type: "project", fqName: [...fqName, "default-project"] };
    return [project, ...bornWith(project)];
  }
  return type === "project" ? [{ type: "security-group", fqName: [...fqName, "default"] }] : [];
}

/** True for what the system derives from other objects: it cannot be changed, and is made again. */
export function isDerived(object: JsonObject): boolean {
  return (object.id_perms as JsonObject | undefined)?.creator === "transformer"; // The model says IdPermsType.
}
