import type { JsonObject, JsonValue } from "@contrail/schema";
import { actionPaths } from "./action-paths.ts";
import { objectPaths } from "./object-paths.ts";
import { refusalResponses } from "./operation.ts";
import { FQ_NAME, modelSchemas, UUID } from "./schemas.ts";

const TEXT: JsonObject = { type: "string" };
const FLAG: JsonObject = { type: "string", description: "true or false, in any case" };

/** Parameters by name, with what they stand for. */
const QUERY_PARAMETERS: Readonly<Record<string, readonly [JsonObject, string]>> = {
  detail: [FLAG, "whole objects in place of their names"],
  count: [FLAG, "only how many there are"],
  shared: [FLAG, "also what others share; it is in every list of whoever may see it"],
  parent_id: [TEXT, "uuids of parents, separated by commas"],
  parent_fq_name_str: [TEXT, "name of the parent, joined by colons"],
  back_ref_id: [TEXT, "uuids of which an object refers to one, separated by commas"],
  obj_uuids: [TEXT, "uuids, separated by commas"],
  fq_names: [TEXT, "names joined by colons, separated by commas"],
  fields: [TEXT, "properties, references, children and back references, separated by commas"],
  filters: [TEXT, 'field=="JSON value", separated by commas; several of one field: any of them'],
  exclude_hrefs: [TEXT, "given: no hrefs"],
  exclude_back_refs: [FLAG, "no back references"],
  exclude_children: [FLAG, "no children"],
  page_marker: [TEXT, "marker of the page before; None for the first"],
  page_limit: [{ type: "integer", minimum: 1 }, "objects of a page"],
};

/** How a caller says who it is; docs/access.md. */
const SECURITY_SCHEMES: JsonObject = {
  token: {
    type: "apiKey",
    in: "header",
    name: "X-Auth-Token",
    description: "the token of a session (POST /v3/auth/tokens gives it in X-Subject-Token), or an API key: ck_…",
  },
  bearer: { type: "http", scheme: "bearer", description: "the same as Authorization: Bearer" },
};

/** The whole interface as an OpenAPI 3.1 document, made from the model. isOpen: nobody need say who he is (no-auth). */
export function openApiDocument(isOpen: boolean): JsonObject {
  const info = {
    title: "Configuration API",
    version: "1",
    description:
      "The VNC REST API over all object types. Bodies are JSON with 64-bit integers; refusals are plain text.",
  };
  return {
    openapi: "3.1.0",
    info,
    servers: [{ url: "/" }],
    security: [...(isOpen ? [{}] : []), { token: [] }, { bearer: [] }],
    paths: { ...actionPaths(), ...objectPaths() },
    components: {
      schemas: { ...modelSchemas(), ObjectSummary: summary(), Count: count() },
      parameters: parameters(),
      responses: refusalResponses(),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function parameters(): Record<string, JsonValue> {
  const header = (name: string): JsonObject => ({ name, in: "header", required: false, schema: TEXT });
  const all: Record<string, JsonValue> = {
    uuid: { name: "uuid", in: "path", required: true, schema: UUID },
    "If-Match": header("If-Match"),
    "If-None-Match": header("If-None-Match"),
  };
  for (const [name, [schema, description]] of Object.entries(QUERY_PARAMETERS)) {
    all[name] = { name, in: "query", required: false, schema, description };
  }
  return all;
}

function summary(): JsonObject {
  const properties = { uuid: UUID, fq_name: FQ_NAME, href: TEXT };
  return { type: "object", properties, required: ["uuid", "fq_name"] };
}

function count(): JsonObject {
  return { type: "object", properties: { count: { type: "integer", minimum: 0 } }, required: ["count"] };
}
