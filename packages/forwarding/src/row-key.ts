import { formatInetPrefix } from "@contrail/net";
import type { TableDelta } from "./tables.ts";

/** Names of the tables: the kinds of deltas that set a row. */
export type TableName = Exclude<TableDelta["kind"], `${string}-remove`>;

/** A delta that sets a row. */
export type RowDelta = Extract<TableDelta, { kind: TableName }>;

/** True where the delta sets a row, false where it removes one. */
export function isRowDelta(delta: TableDelta): delta is RowDelta {
  return !delta.kind.endsWith("-remove");
}

/** One text for the row that a delta sets or removes: "route/3/10.1.1.0/24". */
export function rowKey(delta: TableDelta): string {
  switch (delta.kind) {
    case "settings":
      return "settings";
    case "interface-address":
      return `interface-address/${delta.row.interface}/${formatInetPrefix(delta.row.prefix)}`;
    case "interface-address-remove":
      return `interface-address/${delta.interface}/${formatInetPrefix(delta.prefix)}`;
    case "route":
      return `route/${delta.row.vrf}/${formatInetPrefix(delta.row.prefix)}`;
    case "route-remove":
      return `route/${delta.vrf}/${formatInetPrefix(delta.prefix)}`;
    case "label":
      return `label/${delta.row.label}`;
    case "label-remove":
      return `label/${delta.label}`;
    case "tunnel-endpoint":
      return `tunnel-endpoint/${delta.row.address}`;
    case "tunnel-endpoint-remove":
      return `tunnel-endpoint/${delta.address}`;
    case "interface":
    case "next-hop":
    case "group-set":
    case "acl":
      return `${delta.kind}/${delta.row.id}`;
    case "interface-remove":
    case "next-hop-remove":
    case "group-set-remove":
    case "acl-remove":
      return `${delta.kind.slice(0, -"-remove".length)}/${delta.id}`;
  }
}

/** The delta that takes a row away again; undefined for settings, which stay. */
export function removalOf(delta: RowDelta): TableDelta | undefined {
  switch (delta.kind) {
    case "settings":
      return undefined;
    case "interface-address":
      return { kind: "interface-address-remove", interface: delta.row.interface, prefix: delta.row.prefix };
    case "route":
      return { kind: "route-remove", vrf: delta.row.vrf, prefix: delta.row.prefix };
    case "label":
      return { kind: "label-remove", label: delta.row.label };
    case "tunnel-endpoint":
      return { kind: "tunnel-endpoint-remove", address: delta.row.address };
    case "interface":
      return { kind: "interface-remove", id: delta.row.id };
    case "next-hop":
      return { kind: "next-hop-remove", id: delta.row.id };
    case "group-set":
      return { kind: "group-set-remove", id: delta.row.id };
    case "acl":
      return { kind: "acl-remove", id: delta.row.id };
  }
}
