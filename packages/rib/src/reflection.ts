import type { PathAttributes } from "@contrail/bgp";
import type { Path } from "./path.ts";

/** Reflected attributes by those that came, then by cluster and originator. */
const REFLECTED = new WeakMap<PathAttributes, Map<string, PathAttributes>>();

/**
 * The attributes of a path as a reflector passes them on (RFC 4456 section 8): who originated it in this AS, and our
 * cluster in front of those that it has come through. The same object each time, as with all interned attributes.
 */
export function reflected({ attributes, source }: Path, clusterId: number | undefined): PathAttributes {
  if (clusterId === undefined) return attributes;
  const originatorId = attributes.originatorId ?? source.routerId;
  const known = REFLECTED.get(attributes) ?? new Map<string, PathAttributes>();
  REFLECTED.set(attributes, known);
  const key = `${clusterId} ${originatorId}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = { ...attributes, originatorId, clusterList: [clusterId, ...attributes.clusterList] };
  known.set(key, made);
  return made;
}
