import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import { quotedList } from "../core/api-text.ts";
import { isReserved } from "../core/boot-objects.ts";
import { type Caller, ownerAgainst } from "../core/caller.ts";
import { pathOf } from "../core/render.ts";

/** Users of an object that a refusal names. */
const MAX_USERS = 100;

/** 409 where the system made the object itself. */
export function refuseDerived(object: ConfigObject): void {
  if (!object.derived) return;
  const name = object.fqName.join(":");
  const message = `${object.type} ${name} is made by the system from other objects and cannot be changed`;
  throw new ContrailError("config.conflict", message);
}

/**
 * 409 where the system cannot do without an object that is to be removed, or where it is another one's than the caller's.
 * fields.reserved tells it from other conflicts.
 */
export function refuseReserved(object: ConfigObject, caller: Caller): void {
  const name = `${object.type} ${object.fqName.join(":")}`;
  const owner = ownerAgainst(object, caller);
  const reason = isReserved(object.type, object.fqName)
    ? `${name} is made and needed by the system`
    : `${name} was made by ${owner}`;
  if (owner === undefined && !isReserved(object.type, object.fqName)) return;
  const fields = { reserved: true };
  throw new ContrailError("config.conflict", `Delete when the object is reserved: ${reason}`, { fields });
}

/** 409: another object of the type has the name. fields.hidden: the text for who may not see fields.holder. */
export function nameTaken(fqName: readonly string[], uuid: string): ContrailError {
  const fields = { holder: uuid, hidden: `${quotedList(fqName)} already exists` };
  return new ContrailError("config.conflict", `${quotedList(fqName)} already exists with uuid: ${uuid}`, { fields });
}

/** 409: another object, of whatever type, has the uuid. */
export function uuidTaken(uuid: string, fqName: readonly string[]): ContrailError {
  const fields = { holder: uuid, hidden: `${uuid} already exists` };
  return new ContrailError("config.conflict", `${uuid} already exists with fq_name: ${quotedList(fqName)}`, { fields });
}

/** 409: something uses the object. fields.paths: the users' paths, for a caller that knows the address under which the client sees us. */
export function inUse(text: string, users: readonly ConfigObject[]): ContrailError {
  const paths = users.slice(0, MAX_USERS).map((user) => pathOf(user.type, user.uuid));
  return new ContrailError("config.conflict", `${text}: ${quotedList(paths)}`, { fields: { text, paths } });
}

/** A store's refusal in the words of the API; object: what was to be written or removed. */
export function explainRefusal(error: ContrailError, graph: ConfigGraph, object: ConfigObject): ContrailError {
  const uuids = Array.isArray(error.fields.uuids) ? (error.fields.uuids as readonly string[]) : [];
  const users = uuids.flatMap((uuid) => graph.get(uuid) ?? []);
  switch (error.code) {
    case "store.children_conflict":
      return inUse("Delete when children still present", users);
    case "store.referred_conflict":
      return inUse("Delete when resource still referred", users);
    case "store.name_conflict":
      return nameTaken(object.fqName, String(error.fields.uuid));
    case "store.conflict":
      return Array.isArray(error.fields.fqName) && object.revision === 0n
        ? uuidTaken(object.uuid, error.fields.fqName as readonly string[])
        : error;
    case "store.reference_bad_request":
      return new ContrailError("config.bad_request", `Bad reference in ${object.type}: ${error.message}`);
    case "store.not_found":
      return new ContrailError("config.not_found", error.message);
    default:
      return error;
  }
}
