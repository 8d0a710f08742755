import type { ConfigReference } from "@contrail/schema";
import { quotedList } from "../core/api-text.ts";
import { bad, type ReferenceInput } from "../core/request-body.ts";
import type { GraphLookup } from "./nodes/lookups.ts";

/**
 * References as a client names them, by name or uuid, to those of objects that exist and are not being removed. A target
 * that stands twice is merged, the last attribute wins. Throws "config.bad_request" naming the reference.
 */
export function resolveReferences(
  graph: GraphLookup,
  isRemoving: (uuid: string) => boolean,
  input: ReadonlyMap<string, readonly ReferenceInput[]>,
  operation: string,
): ReadonlyMap<string, readonly ConfigReference[]> {
  const resolved = new Map<string, readonly ConfigReference[]>();
  for (const [toType, list] of input) {
    const merged = new Map<string, ConfigReference>();
    for (const item of list) {
      const reference = resolveReference(graph, isRemoving, toType, item, operation);
      merged.set(reference.toUuid, reference);
    }
    resolved.set(toType, [...merged.values()]);
  }
  return resolved;
}

/** One reference of a client. */
export function resolveReference(
  graph: GraphLookup,
  isRemoving: (uuid: string) => boolean,
  toType: string,
  ref: ReferenceInput,
  operation: string,
): ConfigReference {
  const found = ref.uuid !== undefined ? graph.get(ref.uuid) : graph.find(toType, ref.to ?? []);
  if (found?.type === toType && !isRemoving(found.uuid)) {
    return { toType, toUuid: found.uuid, toFqName: found.fqName, attr: ref.attr };
  }
  const wanted = ref.uuid?.slice(0, 100) ?? quotedList(ref.to ?? []);
  const field = `${toType.replaceAll("-", "_")}_refs`;
  throw bad(`Bad reference in ${operation}: ${field}: ${toType} ${wanted} does not exist`);
}
