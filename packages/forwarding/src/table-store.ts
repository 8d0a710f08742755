import { PrefixTable } from "./prefix-table.ts";
import { isRowDelta, type RowDelta, removalOf, rowKey } from "./row-key.ts";
import type {
  AclRow,
  HostSettings,
  InterfaceAddressRow,
  InterfaceRow,
  LabelRow,
  NextHopRow,
  RouteRow,
  TableDelta,
} from "./tables.ts";

const DEFAULT_SETTINGS: HostSettings = {
  localAddress: 0,
  underlayDevice: "",
  underlayMtuBytes: 1500,
  puntDevice: "",
  puntsPerSecond: 50,
  flowsPerInterface: 100_000,
};

/** The rows of a host, indexed as packets ask for them. */
export class TableStore {
  settings: HostSettings = DEFAULT_SETTINGS;
  readonly interfaces = new Map<number, InterfaceRow>();
  readonly nextHops = new Map<number, NextHopRow>();
  readonly labels = new Map<number, LabelRow>();
  readonly tunnelEndpoints = new Set<number>();
  readonly groupSets = new Map<number, ReadonlySet<number>>();
  readonly acls = new Map<number, AclRow>();
  readonly #routes = new Map<number, PrefixTable<RouteRow>>();
  readonly #addresses = new Map<number, PrefixTable<InterfaceAddressRow>>();
  readonly #rows = new Map<string, { readonly delta: RowDelta; readonly mark: number }>();
  #mark = 0;

  /** The longest route of a VRF for an address. */
  route(vrf: number, address: number): RouteRow | undefined {
    return this.#routes.get(vrf)?.longest(address);
  }

  /** The longest source prefix of an interface that holds an address. */
  interfaceAddress(id: number, address: number): InterfaceAddressRow | undefined {
    return this.#addresses.get(id)?.longest(address);
  }

  /** True where the address itself, as a /32, is one of the interface's sources. */
  ownsAddress(id: number, address: number): boolean {
    return this.#addresses.get(id)?.exact({ address, length: 32 }) !== undefined;
  }

  apply(delta: TableDelta): void {
    const key = rowKey(delta);
    if (isRowDelta(delta)) {
      this.#rows.set(key, { delta, mark: this.#mark });
      this.#set(delta);
    } else {
      this.#rows.delete(key);
      this.#remove(delta);
    }
  }

  /** Marks every row as unnamed; rows applied from now on are named. */
  mark(): void {
    this.#mark += 1;
  }

  /** Removals of the rows that nothing named since the last mark. */
  unnamed(): readonly TableDelta[] {
    return [...this.#rows.values()].flatMap(({ delta, mark }) => {
      const removal = mark === this.#mark ? undefined : removalOf(delta);
      return removal === undefined ? [] : [removal];
    });
  }

  /** All rows, in no order. */
  rows(): readonly RowDelta[] {
    return [...this.#rows.values()].map(({ delta }) => delta);
  }

  #set(delta: RowDelta): void {
    switch (delta.kind) {
      case "settings":
        this.settings = delta.row;
        return;
      case "interface":
        this.interfaces.set(delta.row.id, delta.row);
        return;
      case "interface-address":
        tableOf(this.#addresses, delta.row.interface).set(delta.row.prefix, delta.row);
        return;
      case "next-hop":
        this.nextHops.set(delta.row.id, delta.row);
        return;
      case "label":
        this.labels.set(delta.row.label, delta.row);
        return;
      case "route":
        tableOf(this.#routes, delta.row.vrf).set(delta.row.prefix, delta.row);
        return;
      case "tunnel-endpoint":
        this.tunnelEndpoints.add(delta.row.address);
        return;
      case "group-set":
        this.groupSets.set(delta.row.id, new Set(delta.row.groups));
        return;
      case "acl":
        this.acls.set(delta.row.id, delta.row);
        return;
    }
  }

  #remove(delta: Exclude<TableDelta, RowDelta>): void {
    switch (delta.kind) {
      case "interface-remove":
        this.interfaces.delete(delta.id);
        return;
      case "interface-address-remove":
        this.#addresses.get(delta.interface)?.delete(delta.prefix);
        return;
      case "next-hop-remove":
        this.nextHops.delete(delta.id);
        return;
      case "label-remove":
        this.labels.delete(delta.label);
        return;
      case "route-remove":
        this.#routes.get(delta.vrf)?.delete(delta.prefix);
        return;
      case "tunnel-endpoint-remove":
        this.tunnelEndpoints.delete(delta.address);
        return;
      case "group-set-remove":
        this.groupSets.delete(delta.id);
        return;
      case "acl-remove":
        this.acls.delete(delta.id);
        return;
    }
  }
}

function tableOf<V>(tables: Map<number, PrefixTable<V>>, id: number): PrefixTable<V> {
  const found = tables.get(id) ?? new PrefixTable<V>();
  tables.set(id, found);
  return found;
}
