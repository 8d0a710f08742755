import type { JsonObject } from "@contrail/schema";
import { type AnnotationChange, annotated, annotationsOf, isAnnotated } from "./annotations.ts";

/** One call that changes the configuration. */
export type Write =
  | { readonly kind: "create"; readonly type: string; readonly object: JsonObject }
  | { readonly kind: "update"; readonly type: string; readonly uuid: string; readonly change: JsonObject }
  | {
      readonly kind: "remove";
      readonly type: string;
      readonly uuid: string;
      /** True: stays where others still refer to it. */
      readonly unlessUsed: boolean;
      /** Annotation without which the object is somebody else's, and stays. */
      readonly onlyWith?: string;
    };

/** The write that gives an object these properties and annotations; none where it has them. */
export function mend(
  type: string,
  object: JsonObject,
  properties: JsonObject,
  annotations: AnnotationChange,
): readonly Write[] {
  const before = annotationsOf(object);
  const changed = Object.entries(properties).filter(([key, value]) => !sameJson(object[key], value));
  const change: JsonObject = {
    ...Object.fromEntries(changed),
    ...(isAnnotated(before, annotations) ? {} : { annotations: annotated(before, annotations) }),
  };
  return Object.keys(change).length === 0 ? [] : [{ kind: "update", type, uuid: String(object.uuid), change }];
}

const OWNERS_ONLY: JsonObject = { owner_access: 7, global_access: 0, share: [] };

/**
 * The perms2 that give an object to an owner, of those that it has. Who else may use it stays as it is, unless it was
 * another's, or isAnother says so: that one's friends are not this one's.
 */
export function ownedBy(owner: string, { perms2 }: JsonObject, isAnother = false): JsonObject {
  const before = (perms2 ?? {}) as JsonObject; // The model says PermType2.
  return { ...(before.owner === owner && !isAnother ? before : OWNERS_ONLY), owner };
}

/** Objects may have their keys in any order. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : typeof inner === "bigint"
          ? Number(inner)
          : inner,
    ) ?? ""
  );
}
