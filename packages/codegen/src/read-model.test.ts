import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Model, readModel } from "./read-model.ts";
import { renderModel } from "./render-model.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const FOLDER = "opencontrail/schema/v1";
const SAMPLE = `syntax = "proto3";
package opencontrail.schema.v1;
import "${FOLDER}/options.proto";

message Sequence { int64 major = 1; }
message ObjectBase {
  string display_name = 1;
  repeated NoAttribute tag_refs = 2 [(link) = { to: "tag" }];
}
message Tag {
  option (object_type) = { name: "tag" parents: "config-root" };
  uint64 tag_id = 1 [(property) = { json_name: "tag-id" operations: "CR" }];
}
message Network {
  option (object_type) = { name: "network" parents: "project" parents: "domain" };
  string mode = 1 [(property) = { values: "l2" values: "l3" default_json: "\\"l3\\"" presence: "required" }];
  repeated Sequence items = 2 [(property) = { collection: "map" map_key: "major" }];
  int64 vlan = 3 [(property) = { min: 0 max: 4094 }];
  bool shared = 4;
  repeated Sequence policy_refs = 5 [(link) = { to: "policy" derived: true }];
}
`;

let directory: string;
let model: Model;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "contrail-model-"));
  mkdirSync(join(directory, FOLDER), { recursive: true });
  copyFileSync(join(ROOT, "proto", FOLDER, "options.proto"), join(directory, FOLDER, "options.proto"));
  writeFileSync(join(directory, FOLDER, "sample.proto"), SAMPLE);
  const buf = join(ROOT, "node_modules/.bin/buf");
  model = readModel(execFileSync(buf, ["build", "-o", "-#format=binpb"], { cwd: directory }));
});

afterAll(() => rmSync(directory, { recursive: true }));

test("an object type has its parents, and properties by their JSON names", () => {
  expect(model.objectTypes.network).toMatchObject({
    name: "network",
    parents: ["project", "domain"],
    properties: {
      mode: { type: "string", values: ["l2", "l3"], defaultJson: '"l3"', presence: "required" },
      items: { type: "Sequence", list: true, collection: "map", mapKey: "major" },
      vlan: { type: "integer", min: 0, max: 4094 },
      shared: { type: "boolean" },
    },
  });
  expect(model.objectTypes.tag?.properties).toEqual({ "tag-id": { type: "uint64", operations: "CR" } });
});

test("every object type has its own links and those of the base, with attributes where there are any", () => {
  expect(model.objectTypes.network?.links).toEqual([
    { to: "policy", attribute: "Sequence", derived: true },
    { to: "tag" },
  ]);
  expect(model.objectTypes.tag?.links).toEqual([{ to: "tag" }]);
});

test("messages that are no object types are complex types", () => {
  expect(model.structs).toEqual({
    ObjectBase: { display_name: { type: "string" } },
    Sequence: { major: { type: "integer" } },
  });
});

test("the source that is written is the same for the same model, and sorted by name", () => {
  const text = renderModel(model);
  expect(text).toBe(renderModel(structuredClone(model)));
  const names = [...text.matchAll(/^ {2}"(\w+)": /gm)].map(([, name]) => name);
  expect(names).toEqual(["network", "tag", "ObjectBase", "Sequence"]);
});

test("a descriptor set without the options is refused by their name", () => {
  expect(() => readModel(new Uint8Array())).toThrow("opencontrail.schema.v1.object_type is not in the descriptor set");
});
