import { ContrailError } from "@contrail/errors";
import type { ConfigObject, ConfigReference, ObjectType } from "@contrail/schema";
import { stringifyJson } from "@contrail/schema";
import type { FastifyInstance } from "fastify";
import { refuseHiddenNames } from "../../core/access/authorize.ts";
import { WRITE } from "../../core/access/object-access.ts";
import { bad, readAttribute, readFqName } from "../../core/request-body.ts";
import type { GraphLookup } from "../nodes/lookups.ts";
import { bodyObject, type RestContext, textOf, typeOfBody } from "./context.ts";

/**
 * POST /ref-update: one reference added, changed or deleted without touching the others; and
 * POST /ref-relax-for-delete: a reference that shall not keep its target from being removed.
 */
export function referenceRoutes(app: FastifyInstance, { objects, gate }: RestContext): void {
  app.post("/ref-update", async (request) => {
    const body = bodyObject(request);
    const shown = stringifyJson(body).slice(0, 500);
    const operation = textOf(body, "operation");
    const uuid = textOf(body, "uuid");
    if (body.type == null || uuid === undefined || body["ref-type"] == null || operation === undefined) {
      throw bad(`Bad Request: type/uuid/ref-type/operation is null: ${shown}`);
    }
    if (!["ADD", "DELETE"].includes(operation.toUpperCase())) {
      throw bad(`Bad Request: operation should be add or delete: ${operation.slice(0, 50)}`);
    }
    const type = typeOfBody(body.type, "type");
    const toType = typeOfBody(body["ref-type"], "ref-type").name;
    const to = { uuid: textOf(body, "ref-uuid")?.toLowerCase(), to: readFqName(body["ref-fq-name"], "ref-fq-name") };
    if (to.uuid === undefined && to.to === undefined)
      throw bad("Bad Request: ref-uuid or ref-fq-name must be specified");
    const attr = readAttribute(linkTo(type, toType), body.attr, "attr", "update");
    const remove = operation.toUpperCase() === "DELETE";
    const view = gate.viewOf(request);
    view.require(await objects.find(type, uuid), WRITE);
    if (!remove) refuseHiddenNames(view, objects.graph, new Map([[toType, [to]]]), "update");
    let referred = "";
    const edit = (before: ConfigObject, graph: GraphLookup): ConfigObject | undefined => {
      if (remove) return without(before, toType, to);
      const reference = objects.resolveReference(graph, toType, { ...to, attr }, "update");
      referred = reference.toUuid;
      return withReference(before, reference);
    };
    const object = await objects.change(type, uuid, edit, view);
    if (body.relax_ref_for_delete === true && !remove) await objects.relaxed.note(object.uuid, referred);
    return { uuid: object.uuid };
  });

  app.post("/ref-relax-for-delete", async (request) => {
    const body = bodyObject(request);
    const uuid = textOf(body, "uuid")?.toLowerCase();
    const to = textOf(body, "ref-uuid")?.toLowerCase();
    if (uuid === undefined || to === undefined) throw bad("Bad Request: Both uuid and ref-uuid should be specified");
    const { object } = await objects.current(uuid);
    if (object !== undefined) gate.viewOf(request).require(object, WRITE);
    if (object?.refs.some((ref) => ref.toUuid === to) !== true) {
      throw new ContrailError("config.not_found", `No reference from ${uuid.slice(0, 100)} to ${to.slice(0, 100)}`);
    }
    await objects.relaxed.note(uuid, to);
    return { uuid };
  });
}

function linkTo(type: ObjectType, toType: string): ObjectType["links"][number] {
  const link = type.links.find(({ to }) => to === toType);
  if (link === undefined) throw bad(`Bad Request: ${type.name} has no references to ${toType}`);
  return link;
}

function withReference(object: ConfigObject, added: ConfigReference): ConfigObject | undefined {
  const known = object.refs.find((ref) => ref.toUuid === added.toUuid);
  if (known !== undefined && stringifyJson(known.attr) === stringifyJson(added.attr)) return undefined;
  return { ...object, refs: [...object.refs.filter((ref) => ref.toUuid !== added.toUuid), added] };
}

function without(
  object: ConfigObject,
  toType: string,
  to: { readonly uuid: string | undefined; readonly to: readonly string[] | undefined },
): ConfigObject | undefined {
  const name = JSON.stringify(to.to);
  const refs = object.refs.filter(
    (ref) =>
      ref.toType !== toType || (to.uuid !== undefined ? ref.toUuid !== to.uuid : JSON.stringify(ref.toFqName) !== name),
  );
  return refs.length === object.refs.length ? undefined : { ...object, refs };
}
