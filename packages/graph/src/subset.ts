import type { ConfigGraph } from "./graph.ts";

/** For each type: the types that a walk goes on to from an object of it. */
export type WalkRules = Readonly<Record<string, readonly string[]>>;

/**
 * UUIDs of all objects that a walk from the starts reaches, the starts included where they exist.
 * An object is expanded once, by the rules of its type, whatever way it was reached.
 */
export function subset(graph: ConfigGraph, starts: Iterable<string>, rules: WalkRules): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...starts];
  for (let uuid = waiting.pop(); uuid !== undefined; uuid = waiting.pop()) {
    const object = graph.get(uuid);
    if (object === undefined || reached.has(uuid)) continue;
    reached.add(uuid);
    const next = rules[object.type];
    if (next === undefined) continue;
    for (const neighbour of graph.neighbours(uuid)) {
      const type = graph.get(neighbour)?.type;
      if (type !== undefined && next.includes(type)) waiting.push(neighbour);
    }
  }
  return reached;
}
