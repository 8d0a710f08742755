import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { claimsOf, type NumberClaim } from "../core/claims.ts";

/** Problems that are told; more are counted only. */
const MAX_PROBLEMS = 1_000;
/** Objects after which others are served. */
const SLICE = 200;
/** Numbers without an object that are younger may belong to a write under way. */
const ORPHAN_MS = 60_000;

/** What a check found, one text a problem. */
export interface CheckResult {
  /** What does not fit together, and was left as it is. */
  readonly problems: readonly string[];
  /** What was put right. */
  readonly repaired: readonly string[];
}

/**
 * What does not fit together in the store: names that lead elsewhere, parents and targets that are not there, objects that
 * the node serves in another state, numbers and addresses that their object does not own. A write that comes between shows
 * as a problem only where it is still there when the object is read again. repair: an object gets the numbers that it has
 * and nobody owns, and numbers without an object are freed; nothing else is changed.
 */
export async function checkStore(store: ObjectStore, graph: ConfigGraph, repair: boolean): Promise<CheckResult> {
  const found = new Findings();
  const owners = await ownersOf(store);
  let seen = 0;
  for await (const { uuid } of store.all()) {
    if (++seen % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
    const object = await store.read(uuid);
    if (object === undefined) continue;
    const where = `${object.type} ${uuid}`;
    for (const problem of await problemsOf(object, store, graph)) found.problem(`${where}: ${problem}`);
    for (const claim of claimsOf(graph, object)) {
      if (owners.get(key(claim)) === uuid) continue;
      await settleClaim({ store, graph, repair, found }, object, claim);
    }
  }
  if (repair) {
    const freed = await store.sweepAllocations(ORPHAN_MS);
    if (freed > 0) found.repair(`${freed} numbers that belonged to no object are free`);
  }
  return found.result();
}

async function problemsOf(object: ConfigObject, store: ObjectStore, graph: ConfigGraph): Promise<readonly string[]> {
  const problems: string[] = [];
  const holder = await store.findName(object.type, object.fqName);
  if (holder !== object.uuid) problems.push(`its name ${object.fqName.join(":")} leads to ${holder ?? "nothing"}`);
  if (object.parentUuid !== undefined && graph.get(object.parentUuid) === undefined) {
    problems.push(`its parent ${object.parentUuid} does not exist`);
  }
  for (const { toType, toUuid } of object.refs) {
    if (graph.get(toUuid)?.type !== toType) problems.push(`its reference to ${toType} ${toUuid} leads to nothing`);
  }
  const served = graph.get(object.uuid)?.revision ?? -1n;
  if (served < object.revision) problems.push(`the node serves revision ${served} of ${object.revision}`);
  return problems;
}

interface Check {
  readonly store: ObjectStore;
  readonly graph: ConfigGraph;
  readonly repair: boolean;
  readonly found: Findings;
}

/** A number that its object did not own when all were read: the object may have been written meanwhile. */
async function settleClaim({ store, graph, repair, found }: Check, object: ConfigObject, claim: NumberClaim) {
  const { uuid, type } = object;
  const now = await store.read(uuid);
  if (now === undefined || !claimsOf(graph, now).some((other) => key(other) === key(claim))) return;
  const owner = (await store.allocations(claim.pool)).find(({ value }) => value === claim.value)?.owner;
  if (owner === uuid) return;
  const other = owner === undefined ? undefined : await store.read(owner);
  const what = `${type} ${uuid}: its ${claim.text} (${claim.pool})`;
  if (other !== undefined) {
    found.problem(`${what} is ${other.type} ${owner}'s: one of them has to be made anew`);
    return;
  }
  const is = owner === undefined ? "is free to be given to another" : `is owned by ${owner}, which does not exist`;
  if (!repair) {
    found.problem(`${what} ${is}; mend it by: contrail db check --repair`);
    return;
  }
  try {
    if (owner !== undefined) await store.free(claim.pool, claim.value, owner);
    const { pool, value } = claim;
    await store.allocate({ pool, owner: uuid, first: value, last: value, wanted: value });
    found.repair(`${what} ${is.replace("is", "was")}: it is its own again`);
  } catch (reason) {
    found.problem(`${what} ${is}, and cannot be claimed: ${ContrailError.from(reason).message}`);
  }
}

/** Owners of all numbers, by key(). */
async function ownersOf(store: ObjectStore): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>();
  for (const pool of await store.pools()) {
    for (const { value, owner } of await store.allocations(pool)) owners.set(key({ pool, value }), owner);
  }
  return owners;
}

function key({ pool, value }: Pick<NumberClaim, "pool" | "value">): string {
  return `${pool} ${value}`;
}

/** What was found, so much of it as is told. */
class Findings {
  readonly #problems: string[] = [];
  readonly #repaired: string[] = [];
  #untold = 0;

  problem(text: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(text);
    else this.#untold++;
  }

  repair(text: string): void {
    if (this.#repaired.length < MAX_PROBLEMS) this.#repaired.push(text);
  }

  result(): CheckResult {
    const more = this.#untold === 0 ? [] : [`${this.#untold} problems more`];
    return { problems: [...this.#problems, ...more], repaired: this.#repaired };
  }
}
