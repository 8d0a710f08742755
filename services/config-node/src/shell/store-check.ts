import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";

/** Problems that are told; more are counted only. */
const MAX_PROBLEMS = 1_000;
/** Objects after which others are served. */
const SLICE = 200;

/**
 * What does not fit together in the store, one text a problem: names that lead elsewhere, parents and targets that are
 * not there, objects that the node serves in another state. Changes nothing. A write that comes between shows as a
 * problem only where it is still there when the object is read again.
 */
export async function checkStore(store: ObjectStore, graph: ConfigGraph): Promise<readonly string[]> {
  const problems: string[] = [];
  let found = 0;
  let seen = 0;
  for await (const { uuid } of store.all()) {
    if (++seen % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
    const object = await store.read(uuid);
    if (object === undefined) continue;
    for (const problem of await problemsOf(object, store, graph)) {
      if (++found <= MAX_PROBLEMS) problems.push(`${object.type} ${object.uuid}: ${problem}`);
    }
  }
  if (found > MAX_PROBLEMS) problems.push(`${found - MAX_PROBLEMS} problems more`);
  return problems;
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
