import { type JsonObject, type JsonValue, objectTypes } from "@contrail/schema";
import { accessPaths } from "./access-paths.ts";
import { LIST_PARAMETERS } from "./object-paths.ts";
import { type OperationSketch, operation } from "./operation.ts";
import { FQ_NAME, UUID } from "./schemas.ts";

const TEXT: JsonObject = { type: "string" };
const TEXTS: JsonObject = { type: "array", items: TEXT };
const FLAG: JsonObject = { type: "boolean" };
const ANY: JsonObject = {};

function object(properties: Record<string, JsonObject>, required: readonly string[] = []): JsonObject {
  return { type: "object", properties, ...(required.length === 0 ? {} : { required }) };
}

function maybe(schema: JsonObject): JsonObject {
  return { anyOf: [schema, { type: "null" }] };
}

function query(name: string, schema: JsonObject, description: string): JsonObject {
  return { name, in: "query", required: false, schema, description };
}

type Sketch = Omit<OperationSketch, "id" | "tag">;

const REFUSALS = [400, 403, 404, 409, 413, 503];

/** Actions on addresses of a network. */
const NETWORK_ACTIONS: Readonly<Record<string, Sketch>> = {
  "ip-alloc": {
    summary: "Take addresses of a network's subnets",
    body: object({
      subnet: maybe(TEXT),
      count: { type: ["integer", "null"], minimum: 1, maximum: 1_024 },
      family: maybe(TEXT),
    }),
    answer: object({ ip_addr: TEXTS }, ["ip_addr"]),
    refusals: REFUSALS,
  },
  "ip-free": {
    summary: "Give addresses of ip-alloc back",
    body: object({ ip_addr: TEXTS }, ["ip_addr"]),
    answer: object({}),
    refusals: REFUSALS,
  },
  "subnet-ip-count": {
    summary: "Count the addresses taken in subnets",
    body: object({ subnet_list: TEXTS }, ["subnet_list"]),
    answer: object({ ip_count_list: { type: "array", items: { type: "integer" } } }, ["ip_count_list"]),
    refusals: REFUSALS,
  },
};

/** Notes of a client. */
const NOTES: JsonObject = { type: "array", items: object({ key: TEXT, value: TEXT }, ["key", "value"]) };

const ELEMENT_UPDATE = object({
  field: TEXT,
  operation: { type: "string", enum: ["add", "modify", "delete", "set"] },
  value: ANY,
  position: { type: ["string", "integer", "null"] },
});

const POSTS: Readonly<Record<string, Sketch>> = {
  "fqname-to-id": {
    summary: "Find the uuid of a name",
    body: object({ type: TEXT, fq_name: FQ_NAME }, ["type", "fq_name"]),
    answer: object({ uuid: UUID }, ["uuid"]),
    refusals: REFUSALS,
  },
  "id-to-fqname": {
    summary: "Find the name and type of a uuid",
    body: object({ uuid: TEXT }, ["uuid"]),
    answer: object({ fq_name: FQ_NAME, type: TEXT }, ["fq_name", "type"]),
    refusals: REFUSALS,
  },
  "ref-update": {
    summary: "Add, change or delete one reference",
    body: object(
      {
        type: TEXT,
        uuid: TEXT,
        "ref-type": TEXT,
        "ref-uuid": maybe(TEXT),
        "ref-fq-name": maybe(FQ_NAME),
        operation: { type: "string", enum: ["ADD", "DELETE"] },
        attr: ANY,
        relax_ref_for_delete: FLAG,
      },
      ["type", "uuid", "ref-type", "operation"],
    ),
    answer: object({ uuid: UUID }, ["uuid"]),
    refusals: REFUSALS,
  },
  "ref-relax-for-delete": {
    summary: "Let a reference not keep its target from being deleted",
    body: object({ uuid: TEXT, "ref-uuid": TEXT }, ["uuid", "ref-uuid"]),
    answer: object({ uuid: UUID }, ["uuid"]),
    refusals: REFUSALS,
  },
  "prop-collection-update": {
    summary: "Change single elements of list and map properties",
    body: object({ uuid: TEXT, updates: { type: "array", items: ELEMENT_UPDATE, maxItems: 1_000 } }, [
      "uuid",
      "updates",
    ]),
    answer: object({}),
    refusals: REFUSALS,
  },
  "useragent-kv": {
    summary: "Store, retrieve or delete a note of a client; RETRIEVE without a key gives all of them",
    body: object(
      { operation: { type: "string", enum: ["STORE", "RETRIEVE", "DELETE"] }, key: maybe(TEXT), value: maybe(TEXT) },
      ["operation", "key"],
    ),
    answer: object({ value: { anyOf: [TEXT, NOTES] } }),
    refusals: REFUSALS,
  },
  "list-bulk-collection": {
    summary: "List objects; the parameters of a list stand in the body",
    body: object({ type: TEXT, ...Object.fromEntries(LIST_PARAMETERS.map((name) => [name, ANY])) }, ["type"]),
    answer: object({}),
    refusals: REFUSALS,
  },
  "set-tag": {
    summary: "Change an object's tags by their values; every other key is a tag type",
    body: object({ obj_type: TEXT, obj_uuid: TEXT }, ["obj_type", "obj_uuid"]),
    answer: object({}),
    refusals: REFUSALS,
  },
  chown: {
    summary: "Change the owner of an object",
    body: object({ uuid: TEXT, owner: TEXT }, ["uuid", "owner"]),
    answer: object({ uuid: UUID }, ["uuid"]),
    refusals: REFUSALS,
  },
  chmod: {
    summary: "Change who may do what with an object",
    body: object({ uuid: TEXT, owner: maybe(TEXT), owner_access: ANY, global_access: ANY, share: ANY }, ["uuid"]),
    answer: object({ uuid: UUID }, ["uuid"]),
    refusals: REFUSALS,
  },
  "db-check": {
    summary: "Look for what does not fit together, and put right what can be, where that is asked for",
    body: object({ repair: { type: "boolean" } }),
    answer: object({ results: TEXTS, repaired: TEXTS }),
    refusals: REFUSALS,
  },
};

/** Actions that are refused with the reason. */
const REFUSED = [
  ...["security-policy-draft", "fetch-records", "start-profile", "stop-profile", "execute-job", "abort-job"],
  ...["amqp-publish", "amqp-request", "hbs-get"],
];

/** The paths that are no object's: actions, questions, the stream of changes, the homepage and these pages. */
export function actionPaths(): Record<string, JsonValue> {
  const paths: Record<string, JsonValue> = { ...questions(), ...accessPaths() };
  for (const [name, sketch] of Object.entries(POSTS)) paths[`/${name}`] = { post: named(name, sketch) };
  for (const name of REFUSED) {
    const summary = "Refused: the answer says why, and what there is instead";
    paths[`/${name}`] = { post: named(name, { summary, body: object({}), refusals: REFUSALS }) };
  }
  for (const [name, sketch] of Object.entries(NETWORK_ACTIONS)) {
    const parameters = [{ $ref: "#/components/parameters/uuid" }];
    paths[`/virtual-network/{uuid}/${name}`] = { parameters, post: named(`virtual-network-${name}`, sketch) };
  }
  return paths;
}

function questions(): Record<string, JsonValue> {
  const mode = object({ "aaa-mode": { type: "string" } }, ["aaa-mode"]);
  const cache = { answer: object({}), refusals: REFUSALS };
  const types = objectTypes().map(({ name }) => name);
  const elements = [
    query("uuid", TEXT, "of the object"),
    query("fields", TEXT, "properties"),
    query("position", TEXT, "one element"),
  ];
  const watched = query("resource_type", TEXT, `types, separated by commas: ${types.slice(0, 3).join(", ")}, …`);
  const lastId = { name: "Last-Event-ID", in: "header", required: false, schema: TEXT };
  return {
    "/": {
      get: named("homepage", { summary: "Links to everything", answer: object({ href: TEXT }), refusals: [403] }),
    },
    "/aaa-mode": {
      get: named("aaa-mode", { summary: "Who may call", answer: mode, refusals: [403] }),
      put: named("set-aaa-mode", { summary: "Change who may call", body: mode, answer: mode, refusals: REFUSALS }),
    },
    "/obj-cache": {
      get: named("obj-cache", { summary: "Some objects as the node holds them", ...cache }),
      post: named("show-obj-cache", { summary: "Objects as the node holds them", body: object({}), ...cache }),
    },
    "/obj-perms": {
      get: named("obj-perms", {
        summary: "What the caller may do with an object",
        ownParameters: [
          query("uuid", TEXT, "of the object"),
          { name: "X-User-Token", in: "header", required: false, schema: TEXT, description: "of whom it is asked" },
        ],
        ...cache,
      }),
    },
    "/prop-collection-get": {
      get: named("prop-collection-get", {
        summary: "Elements of list and map properties",
        ownParameters: elements,
        ...cache,
      }),
    },
    "/watch": {
      get: named("watch", {
        summary: "Server-sent events: the objects as they are, then every change",
        ownParameters: [watched, lastId],
        answer: TEXT,
        answerType: "text/event-stream",
        refusals: [400, 403, 503],
      }),
    },
    "/openapi.json": { get: named("openapi", { summary: "This document", answer: object({}), refusals: [403] }) },
    "/documentation": { get: named("documentation", { ...page("The interface, to be read"), refusals: [403] }) },
    "/documentation/{name}": {
      parameters: [{ name: "name", in: "path", required: true, schema: TEXT }],
      get: named("documentation-of", { ...page("One type, to be read"), refusals: [400, 403, 404] }),
    },
  };
}

function page(summary: string): Omit<Sketch, "refusals"> {
  return { summary, answer: TEXT, answerType: "text/html" };
}

function named(name: string, sketch: Sketch): JsonObject {
  return operation({ id: name.replaceAll("-", "_"), tag: "actions", ...sketch });
}
