import { expect, test } from "vitest";
import { annotated, annotationsOf, KEYS } from "../core/annotations.ts";
import type { CloudNic } from "../core/cloud.ts";
import { BY_ITSELF, cloudOf, network, nic, ReconcilerWorld } from "../testing/reconciler-world.ts";

const INTERFACE = "virtual-machine-interface";
const PORT = nic(0).uuid;

/** A machine that has run on host "a" since its password came, with the port that its start made. */
async function started(
  change: Parameters<typeof annotated>[1] = { [KEYS.password]: "first" },
): Promise<ReconcilerWorld> {
  const world = new ReconcilerWorld(cloudOf([network()], [{ ...nic(0), hostUuid: "a" }]));
  await world.reconciler.run(BY_ITSELF);
  annotate(world, change);
  return world;
}

function annotate(world: ReconcilerWorld, change: Parameters<typeof annotated>[1]): void {
  const annotations = annotated(keys(world), change);
  world.held.write({ kind: "update", type: INTERFACE, uuid: PORT, change: { annotations } });
}

function keys(world: ReconcilerWorld): ReadonlyMap<string, string> {
  const vmi = world.held.list(INTERFACE).find(({ uuid }) => uuid === PORT);
  return annotationsOf(vmi ?? {});
}

function now(world: ReconcilerWorld, change: Partial<CloudNic>): void {
  world.cloud = cloudOf([network()], [{ ...nic(0), ...change }]);
}

test("where a password's machine runs is noted once, and nobody is shown that as a difference", async () => {
  const world = await started();
  expect(await world.reconciler.diff()).toMatchObject({ found: 0, differences: [] });
  expect(world.open?.has("1")).toBe(false);
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ settled: 0, writes: 0, noted: 1, failures: [] });
  expect(keys(world).get(KEYS.passwordHost)).toBe("a");
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ settled: 0, writes: 0, noted: 0 });
  expect(keys(world).get(KEYS.password)).toBe("first");
});

test.each([
  ["on another host", { hostUuid: "b" }],
  ["on its way there", { hostUuid: "a", machineState: "Migrating" }],
  ["on its way there, before it was ever seen to run", { hostUuid: undefined, machineState: "Migrating" }],
] as const)("the password of a machine %s goes, and the one that it gets anew stays", async (what, moved) => {
  const world = await started();
  if (!what.endsWith("run")) await world.reconciler.run(BY_ITSELF);
  now(world, moved);
  const { differences } = await world.reconciler.diff();
  expect(differences).toMatchObject([{ action: "mend", uuid: PORT, reason: expect.stringContaining("another host") }]);
  await world.reconciler.run(BY_ITSELF);
  expect([...keys(world)].filter(([key]) => key.startsWith(KEYS.password))).toEqual([]);
  now(world, { hostUuid: "b" });
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ writes: 0, noted: 0 });
  annotate(world, { [KEYS.password]: "second" });
  await world.reconciler.run(BY_ITSELF);
  expect(keys(world).get(KEYS.password)).toBe("second");
  expect(keys(world).get(KEYS.passwordHost)).toBe("b");
});

test("one that was reset while the machine was stopped is for its next start, wherever that is", async () => {
  const world = await started({ [KEYS.password]: "next", [KEYS.passwordKept]: "true" });
  for (const hostUuid of ["a", "b"]) {
    now(world, { hostUuid });
    await world.reconciler.run(BY_ITSELF);
    expect(keys(world).get(KEYS.password)).toBe("next");
  }
});

test("what else differs of the port is mended in the same write, and a key that sees no hosts changes nothing", async () => {
  const world = await started();
  await world.reconciler.run(BY_ITSELF);
  now(world, { hostUuid: "b", machineName: "renamed" });
  await world.reconciler.run(BY_ITSELF);
  expect(keys(world).has(KEYS.password)).toBe(false);
  expect(world.held.list(INTERFACE)).toMatchObject([{ display_name: "renamed" }]);
  annotate(world, { [KEYS.password]: "second" });
  now(world, { machineName: "renamed" });
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ writes: 0, noted: 0 });
  expect(keys(world).get(KEYS.password)).toBe("second");
});
