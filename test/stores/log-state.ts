import type { Bus } from "@contrail/bus";
import type { ObjectStore } from "@contrail/store";
import { findOrphans } from "@contrail/test-contract";
import { expect } from "vitest";
import { findUnlogged } from "./campaign/unlogged.ts";

/** Expects that a reader of the log alone ends with every object of a store, each in its newest state; gives how many. */
export async function expectOnLog(store: ObjectStore, bus: Bus, from: bigint): Promise<number> {
  const { objects, problems } = await findUnlogged(store, bus, from);
  expect(problems).toEqual([]);
  return objects;
}

/** Expects that every parent and every target of a reference is there; gives how many there are. */
export async function expectNoOrphans(store: ObjectStore): Promise<number> {
  const { links, problems } = await findOrphans(store);
  expect(problems).toEqual([]);
  return links;
}
