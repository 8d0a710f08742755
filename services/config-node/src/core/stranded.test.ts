import { createGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { Stranded } from "./stranded.ts";

/** A graph whose changes are told. */
class World {
  readonly graph = createGraph();
  readonly stranded = new Stranded(this.graph);
  #revision = 0n;

  put(uuid: string, more: Partial<ConfigObject> = {}): void {
    const { type = "access-control-list", derived = true, parentUuid, refs = [] } = more;
    const revision = ++this.#revision;
    const parentType = parentUuid === undefined ? undefined : "security-group";
    const fixed = { fqName: [uuid], parentType, properties: {}, epoch: 0n };
    this.#take({ kind: "upsert", object: { type, uuid, derived, parentUuid, refs, revision, ...fixed } });
  }

  remove(uuid: string): void {
    this.#take({ kind: "remove", type: "any", uuid, fqName: [uuid], revision: ++this.#revision });
  }

  /** UUIDs of those that lack something. */
  get left(): string[] {
    return this.stranded.look().map(({ uuid }) => uuid);
  }

  #take(change: Parameters<typeof this.graph.apply>[0]): void {
    const applied = this.graph.apply(change);
    if (applied !== undefined) this.stranded.note(applied);
  }
}

const GROUP = { type: "security-group", derived: false } as const;
const refTo = (toUuid: string) => ({ toType: "security-group", toFqName: [toUuid], toUuid, attr: null });

test("children of what is removed are found, and no longer when they go or belong to another object", () => {
  const world = new World();
  world.put("group", GROUP);
  world.put("a", { parentUuid: "group" });
  world.put("b", { parentUuid: "group" });
  expect(world.left).toEqual([]);
  world.remove("group");
  expect(world.left).toEqual(["a", "b"]);
  world.put("again", GROUP);
  world.put("a", { parentUuid: "again" });
  world.remove("b");
  expect(world.left).toEqual([]);
});

test("referrers to what is removed are found", () => {
  const world = new World();
  world.put("group", GROUP);
  world.put("a", { refs: [refTo("group")] });
  world.remove("group");
  expect(world.left).toEqual(["a"]);
  world.put("a");
  expect(world.left).toEqual([]);
});

test("what came before its parent or target is found until that is there", () => {
  const world = new World();
  world.put("a", { parentUuid: "group" });
  world.put("b", { refs: [refTo("group")] });
  expect(world.left).toEqual(["a", "b"]);
  world.put("group", GROUP);
  expect(world.left).toEqual([]);
});

test("what clients made is none of them", () => {
  const world = new World();
  world.put("group", GROUP);
  world.put("port", { derived: false, refs: [refTo("group")] });
  world.remove("group");
  expect(world.left).toEqual([]);
});
