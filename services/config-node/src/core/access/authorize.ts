import type { ConfigGraph } from "@contrail/graph";
import {
  type ConfigObject,
  type ConfigReference,
  canonicalText,
  type JsonObject,
  type JsonValue,
  objectType,
} from "@contrail/schema";
import { quotedList } from "../api-text.ts";
import { type BodyInput, bad, type ReferenceInput } from "../request-body.ts";
import { LINK, WRITE } from "./object-access.ts";
import { tenantId } from "./tenant.ts";
import { denied, isVisibleByUsers, referenceField, type View } from "./view.ts";

/** The body of a creation with its owner: the tenant that makes it, and nobody else. */
export function owned(input: BodyInput, view: View): BodyInput {
  const { tenant } = view.caller;
  if (tenant === undefined) return input;
  if (tenant.projectUuid === undefined) throw denied(`${view.caller.name}'s token is for no project`);
  const owner = tenantId(tenant.projectUuid);
  const given = (input.properties.get("perms2") ?? {}) as JsonObject; // The model says PermType2.
  if (given.owner !== undefined && tenantId(String(given.owner)) !== owner) {
    throw denied(`perms2.owner ${String(given.owner).slice(0, 100)} is not ${view.caller.name}'s project ${owner}`);
  }
  const properties = new Map<string, JsonValue>(input.properties);
  return { ...input, properties: properties.set("perms2", { ...given, owner }) };
}

/** May the caller make objects of this type below this parent, with these fields? Throws 403; 400 for a hidden parent. */
export function authorizeCreate(
  view: View,
  typeName: string,
  parent: ConfigObject | undefined,
  { properties, references }: BodyInput,
): void {
  if (view.isAdministrator) return;
  const given = [...properties.keys()].filter((key) => key !== "perms2" && key !== "id_perms");
  view.requireOperation("C", typeName, ["", ...given, ...[...references.keys()].map(referenceField)]);
  if (parent !== undefined) {
    if (view.isHidden(parent)) throw bad(`Parent ${quotedList(parent.fqName)} type ${parent.type} does not exist`);
    view.require(parent, WRITE);
  } else if ((objectType(typeName)?.parents.length ?? 0) > 0) throw denied(`${typeName} below the root is the cloud's`);
  const perms = (properties.get("id_perms") ?? {}) as JsonObject; // The model says IdPermsType.
  if (perms.user_visible === false) throw bad(`This object is not visible by users: ${typeName}`);
}

/** May the caller refer to these objects? Throws 403. */
export function authorizeReferences(view: View, graph: ConfigGraph, references: readonly ConfigReference[]): void {
  if (view.isAdministrator) return;
  for (const { toUuid } of references) {
    const target = graph.get(toUuid);
    if (target !== undefined) view.require(target, LINK);
  }
}

/** A name that the caller does not see is not resolved: the reference is refused as one to nothing. */
export function refuseHiddenNames(
  view: View,
  graph: ConfigGraph,
  references: ReadonlyMap<string, readonly Pick<ReferenceInput, "to" | "uuid">[]>,
  operation: string,
): void {
  if (view.isAdministrator) return;
  for (const [toType, list] of references) {
    for (const { to, uuid } of list) {
      const named = uuid === undefined ? graph.find(toType, to ?? []) : undefined;
      if (named === undefined || !view.isHidden(named)) continue;
      const text = `${referenceField(toType)}: ${toType} ${quotedList(to ?? [])} does not exist`;
      throw bad(`Bad reference in ${operation}: ${text}`);
    }
  }
}

/** May the caller make this change? Both ends count: the object, and what it refers to from now on. Throws 403. */
export function authorizeChange(view: View, graph: ConfigGraph, before: ConfigObject, after: ConfigObject): void {
  if (view.isAdministrator) return;
  view.require(before, WRITE);
  const added = after.refs.filter((ref) => !before.refs.some((known) => isSameReference(known, ref)));
  const dropped = before.refs.filter((ref) => !after.refs.some((kept) => isSameReference(kept, ref)));
  const keys = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
  const changed = [...keys].filter((key) => !isSameValue(before.properties[key], after.properties[key]));
  const linked = [...new Set([...added, ...dropped].map(({ toType }) => referenceField(toType)))];
  const fields = [...changed, ...linked];
  if (fields.length > 0) view.requireOperation("U", before.type, fields);
  if (changed.includes("perms2") && !view.owns(before)) throw denied(`${before.type} ${before.uuid} has another owner`);
  if (isVisibleByUsers(before) && !isVisibleByUsers(after))
    throw bad(`This object is not visible by users: ${before.uuid}`);
  authorizeReferences(view, graph, added);
}

/** May the caller remove the object? Its owner may, and the owner of what it stands below; a share is not enough. */
export function authorizeRemove(view: View, graph: ConfigGraph, object: ConfigObject): void {
  if (view.isAdministrator) return;
  view.requireOperation("D", object.type);
  const parent = object.parentUuid === undefined ? undefined : graph.get(object.parentUuid);
  if (view.owns(object) || (parent !== undefined && view.owns(parent))) return;
  throw denied(`${object.type} ${object.uuid} may not be removed by ${view.caller.name}`);
}

/** Reference lists of an update, with what the caller does not see of them: he cannot have meant to take it away. */
export function withHidden(
  view: View,
  graph: ConfigGraph,
  before: ConfigObject,
  references: ReadonlyMap<string, readonly ConfigReference[]>,
): ReadonlyMap<string, readonly ConfigReference[]> {
  if (view.isAdministrator) return references;
  const isHidden = ({ toUuid }: ConfigReference): boolean => {
    const target = graph.get(toUuid);
    return target !== undefined && view.isHidden(target);
  };
  return new Map(
    [...references].map(([toType, given]) => {
      const kept = before.refs.filter((ref) => ref.toType === toType && isHidden(ref));
      return [toType, [...given, ...kept.filter(({ toUuid }) => !given.some((ref) => ref.toUuid === toUuid))]] as const;
    }),
  );
}

function isSameReference(a: ConfigReference, b: ConfigReference): boolean {
  return a.toUuid === b.toUuid && canonicalText(a.attr) === canonicalText(b.attr);
}

function isSameValue(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalText(a) === canonicalText(b);
}
