import { createGraph } from "@contrail/graph";
import type { ConfigObject, JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { NotCompiled } from "./not-compiled.ts";

const graph = createGraph();
const watched = new NotCompiled();
let revision = 0n;

function put(type: string, name: string, attr?: JsonObject): void {
  const refs = attr === undefined ? [] : [{ toType: "network-policy", toUuid: "p", toFqName: ["d", "p", "p"], attr }];
  const none = { parentType: undefined, parentUuid: undefined, properties: {}, derived: false, epoch: 0n };
  const object: ConfigObject = { type, uuid: name, fqName: ["d", "p", name], revision: ++revision, refs, ...none };
  const change = graph.apply({ kind: "upsert", object });
  if (change !== undefined) watched.note(change);
}

function remove(type: string, uuid: string): void {
  const change = graph.apply({ kind: "remove", type, uuid, fqName: [], revision: ++revision });
  if (change !== undefined) watched.note(change);
}

test("what has no effect is told while it is there, and nothing else", () => {
  put("virtual-network", "n1", { sequence: { major: 0, minor: 0 }, timer: null });
  put("network-policy", "p");
  put("application-policy-set", "default");
  expect(watched.notes).toEqual([]);
  put("firewall-policy", "f1");
  put("firewall-policy", "f2");
  put("firewall-policy", "f2");
  expect(watched.notes).toEqual([expect.stringMatching(/^firewall policies by tags .* not compiled: 2 of them/)]);
  for (let index = 1; index <= 7; index++) put("virtual-network", `n${index}`, { timer: { on_interval: "08:00" } });
  expect(watched.notes[1]).toMatch(
    /only what it denies counts.*: d:p:n1, d:p:n2, d:p:n3, d:p:n4, d:p:n5 and 2 others$/,
  );
  remove("firewall-policy", "f1");
  remove("firewall-policy", "f2");
  for (let index = 2; index <= 7; index++) remove("virtual-network", `n${index}`);
  expect(watched.notes).toEqual([expect.stringMatching(/networks with one: d:p:n1$/)]);
  put("virtual-network", "n1", { timer: {} });
  expect(watched.notes).toEqual([]);
});
