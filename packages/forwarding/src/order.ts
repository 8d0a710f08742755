import type { TableDelta } from "./tables.ts";

/**
 * Upserts so that what is referred to comes first, then removals the other way round:
 * a packet that meets a half-applied batch finds the old state or the new one, or no route.
 */
const UPSERT_ORDER: readonly TableDelta["kind"][] = [
  "settings",
  "group-set",
  "acl",
  "next-hop",
  "interface",
  "interface-address",
  "tunnel-endpoint",
  "label",
  "route",
  "route-remove",
  "label-remove",
  "tunnel-endpoint-remove",
  "interface-address-remove",
  "interface-remove",
  "next-hop-remove",
  "acl-remove",
  "group-set-remove",
];

const RANK: ReadonlyMap<string, number> = new Map(UPSERT_ORDER.map((kind, rank) => [kind, rank]));

/** Sorts one batch for application; stable, so several deltas of one key keep their order only within one kind. */
export function inApplicationOrder(batch: readonly TableDelta[]): readonly TableDelta[] {
  return [...batch].sort((a, b) => (RANK.get(a.kind) ?? 0) - (RANK.get(b.kind) ?? 0));
}
