import { type JsonObject, type JsonValue, objectTypes } from "@contrail/schema";
import { fastify } from "fastify";
import { beforeAll, expect, test } from "vitest";
import { openApiDocument } from "../../core/openapi/document.ts";
import { useNode } from "../../testing/running-node.ts";
import { addRoutes } from "./app.ts";
import type { RestContext } from "./context.ts";
import { PUBLIC } from "./gate.ts";

const node = useNode();
let document: JsonObject = {};

beforeAll(async () => {
  document = await node.json("GET", "/openapi.json");
});

function* references(value: JsonValue | undefined): Iterable<string> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === "$ref") yield String(item);
    else yield* references(item as JsonValue | undefined);
  }
}

function lookUp(reference: string): unknown {
  let found: unknown = document;
  for (const part of reference.replace("#/", "").split("/")) found = (found as Record<string, unknown>)[part];
  return found;
}

test("every reference of the document leads to something", () => {
  const all = new Set(references(document));
  expect(all.size).toBeGreaterThan(300);
  for (const reference of all) expect(lookUp(reference), reference).toBeTypeOf("object");
});

test("every type has its list, create, read, update and delete, and its properties and references", () => {
  const paths = document.paths as Record<string, JsonObject>;
  const schemas = (document.components as JsonObject).schemas as Record<string, { properties: JsonObject }>;
  for (const { name, properties, links } of objectTypes()) {
    expect(Object.keys(paths[`/${name}s`] ?? {})).toEqual(["get", "post"]);
    expect(Object.keys(paths[`/${name}/{uuid}`] ?? {})).toEqual(["parameters", "get", "put", "delete"]);
    const shown = Object.keys(schemas[name]?.properties ?? {});
    const keys = [...Object.keys(properties), ...links.map(({ to }) => `${to.replaceAll("-", "_")}_refs`)];
    expect(shown).toEqual(expect.arrayContaining(keys));
  }
});

test("every operation has another id", () => {
  const ids: unknown[] = [];
  for (const methods of Object.values(document.paths as Record<string, JsonObject>)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (method !== "parameters") ids.push((operation as JsonObject).operationId);
    }
  }
  expect(new Set(ids).size).toBe(ids.length);
});

test("what is served is documented, and what is documented is served", () => {
  const served = new Set<string>();
  const app = fastify({ exposeHeadRoutes: false });
  app.addHook("onRoute", ({ method, url }) => {
    served.add(`${String(method)} ${url.replaceAll(/:([a-z]+)/gi, "{$1}")}`);
  });
  addRoutes(app, {} as RestContext); // The routes are made, and none is called.
  const documented = new Set<string>();
  for (const [path, methods] of Object.entries(document.paths as Record<string, JsonObject>)) {
    const type = objectTypes().find(({ name }) => path === `/${name}s` || path === `/${name}/{uuid}`);
    const general = type === undefined ? path : path.endsWith("}") ? "/{type}/{uuid}" : "/{types}";
    for (const method of Object.keys(methods)) {
      if (method !== "parameters") documented.add(`${method.toUpperCase()} ${general}`);
    }
  }
  expect([...documented].sort()).toEqual([...served].sort());
});

test("generated clients learn how to say who calls: optional in no-auth, needed elsewhere but for a login", () => {
  const { securitySchemes } = document.components as JsonObject;
  expect(securitySchemes).toMatchObject({
    token: { type: "apiKey", in: "header", name: "X-Auth-Token" },
    bearer: { type: "http", scheme: "bearer" },
  });
  expect(document.security).toEqual([{}, { token: [] }, { bearer: [] }]);
  const guarded = openApiDocument(false);
  expect(guarded.security).toEqual([{ token: [] }, { bearer: [] }]);
  const open: string[] = [];
  for (const [path, methods] of Object.entries(guarded.paths as Record<string, JsonObject>)) {
    for (const [method, operation] of Object.entries(methods)) {
      if ((operation as JsonObject).security !== undefined) open.push(`${method.toUpperCase()} ${path}`);
    }
  }
  expect(open).toEqual([...PUBLIC].toSorted());
});

test("the pages lead from type to type, and load nothing from elsewhere", async () => {
  const index = await node.call("GET", "/documentation");
  expect([index.status, index.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  for (const { name } of objectTypes()) expect(index.text).toContain(`href="/documentation/${name}"`);
  expect(index.text).toContain("POST /virtual-network/{uuid}/ip-alloc");
  const seen = new Set<string>();
  const waiting = ["/documentation"];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const { status, text } = await node.call("GET", path);
    expect(status, path).toBe(200);
    expect(text, path).not.toMatch(/(src|href)="[a-z]+:|<script|undefined/);
    for (const [, next = ""] of text.matchAll(/href="(\/documentation\/[^"]+)"/g)) {
      if (!seen.has(next)) waiting.push(next);
      seen.add(next);
    }
  }
  expect(seen.size).toBeGreaterThan(300);
  expect(await node.call("GET", "/documentation/nothing")).toMatchObject({ status: 404 });
});
