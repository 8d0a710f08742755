import { keyOf, type ObjectName } from "./object-name.ts";

/** An object with those that must be there before it. */
export interface Ordered extends ObjectName {
  readonly parent: ObjectName | undefined;
  /** Objects that it refers to. */
  readonly targets: readonly ObjectName[];
}

/** An object in its place; references to what comes later have to wait. */
export interface Placed<T> {
  readonly item: T;
  /** Keys of targets that come later: only where references run in a ring. */
  readonly later: ReadonlySet<string>;
}

/**
 * Objects in an order in which each one's parent and targets stand before it, as far as they are among them. A ring of
 * references is opened at one object of the ring. The order is the given one where nothing speaks against it.
 */
export function inOrder<T extends Ordered>(items: readonly T[]): readonly Placed<T>[] {
  const left = new Map(items.map((item) => [keyOf(item), item] as const));
  const placed: Placed<T>[] = [];
  const place = (key: string, item: T): void => {
    left.delete(key);
    const later = item.targets.map(keyOf).filter((target) => target === key || left.has(target));
    placed.push({ item, later: new Set(later) });
  };
  for (const item of items) {
    for (let key = keyOf(item); left.has(key); ) {
      const next = firstReady(key, left);
      const ready = left.get(next);
      if (ready !== undefined) place(next, ready);
    }
  }
  return placed;
}

/** Goes from an object to what it needs until nothing is missing, or until it comes round: then the ring is opened there. */
function firstReady(start: string, left: ReadonlyMap<string, Ordered>): string {
  const seen = new Set<string>();
  for (let key = start; ; ) {
    seen.add(key);
    const item = left.get(key);
    const parent = item?.parent === undefined ? undefined : keyOf(item.parent);
    const isParentMissing = parent !== undefined && left.has(parent);
    const targets = item?.targets.map(keyOf).filter((target) => target !== key && left.has(target)) ?? [];
    const next = isParentMissing ? parent : targets[0];
    if (next === undefined) return key;
    // A parent's name is a part of its child's: a ring has a reference in it, and the walk comes to one that has its parent.
    if (seen.has(next) && !isParentMissing) return key;
    key = next;
  }
}
