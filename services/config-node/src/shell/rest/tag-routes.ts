import { ContrailError } from "@contrail/errors";
import type { ConfigObject, JsonObject } from "@contrail/schema";
import type { FastifyInstance } from "fastify";
import { bad } from "../../core/request-body.ts";
import { type ScopeName, withTags } from "../../core/set-tag.ts";
import type { GraphLookup } from "../nodes/lookups.ts";
import { bodyObject, type RestContext, textOf, typeOfBody } from "./context.ts";

/** POST /set-tag, which changes an object's tags by their values, and POST /security-policy-draft. */
export function tagRoutes(app: FastifyInstance, { objects, gate }: RestContext): void {
  app.post("/set-tag", async (request) => {
    const { obj_type, obj_uuid, ...wanted } = bodyObject(request);
    const uuid = textOf({ obj_uuid }, "obj_uuid");
    if (obj_type == null || uuid === undefined) throw bad("Bad Request: obj_type and obj_uuid must be specified");
    const type = typeOfBody(obj_type, "obj_type");
    if (!type.links.some(({ to }) => to === "tag")) throw bad(`Bad Request: ${type.name} has no references to tag`);
    const edit = (before: ConfigObject, graph: GraphLookup): ConfigObject | undefined =>
      withTags(before, scopeOf(graph, before), wanted, (name) => graph.find("tag", name));
    await objects.change(type, uuid, edit, gate.viewOf(request));
    return {};
  });

  // A change of a firewall object takes effect at once here: there are no drafts.
  app.post("/security-policy-draft", async (request) => {
    const body = bodyObject(request);
    const scope = textOf(body, "scope_uuid");
    const action = textOf(body, "action");
    if (scope === undefined) throw bad("Bad Request: scope_uuid is missing");
    if (action !== "commit" && action !== "discard") {
      throw bad("Only 'commit' or 'discard' actions are supported");
    }
    const { object } = await objects.current(scope);
    if (object === undefined) throw new ContrailError("config.not_found", `Object Not Found: ${scope.slice(0, 100)}`);
    const name = `${object.type} ${object.fqName.join(":")}`;
    throw bad(`Security policy draft mode is not supported: changes in ${name} have taken effect as they were made`);
  });
}

/** The project whose tags an object may have: itself, its parent, or its owner. */
function scopeOf(graph: GraphLookup, object: ConfigObject): ScopeName {
  if (object.type === "project") return object.fqName;
  if (object.parentType === "project") return object.fqName.slice(0, -1);
  const { owner } = (object.properties.perms2 ?? {}) as JsonObject; // The model says PermType2.
  const project = graph.get(hyphenated(String(owner)));
  return project?.type === "project" ? project.fqName : undefined;
}

/** Owners are written without hyphens by some clients. */
function hyphenated(text: string): string {
  return text
    .toLowerCase()
    .replace(/^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/, "$1-$2-$3-$4-$5");
}
