import { isRowDelta, removalOf, rowKey, type TableDelta } from "@contrail/forwarding";
import { mapForEach, mapKeys } from "./bpf-syscall.ts";
import type { Kernel } from "./kernel.ts";
import { readPrefixKey, SIZE, Struct } from "./layout.ts";

/** Which rows the kernel holds, and which of them nothing has named since the data plane was opened. */
export class RowIndex {
  readonly #rows = new Map<
    string,
    { readonly table: string; readonly removal: TableDelta | undefined; named: boolean }
  >();

  /** Takes the removals of rows that were there before. */
  constructor(removals: readonly TableDelta[] = []) {
    for (const removal of removals) this.#note(removal, false);
  }

  /** Notes the rows that a kernel holds. */
  static of(kernel: Kernel): RowIndex {
    return new RowIndex(removalsOfAll(kernel));
  }

  note(delta: TableDelta): void {
    this.#note(delta, true);
  }

  has(delta: TableDelta): boolean {
    return this.#rows.has(rowKey(delta));
  }

  /** Removals of the rows that nothing has named. */
  unnamed(): readonly TableDelta[] {
    return [...this.#rows.values()].flatMap(({ removal, named }) => (named || removal === undefined ? [] : [removal]));
  }

  /** Rows by table name. */
  sizes(): Readonly<Record<string, number>> {
    const sizes: Record<string, number> = {};
    for (const { table } of this.#rows.values()) sizes[table] = (sizes[table] ?? 0) + 1;
    return sizes;
  }

  interfaceIds(): readonly number[] {
    return [...this.#rows.values()].flatMap(({ removal }) =>
      removal?.kind === "interface-remove" ? [removal.id] : [],
    );
  }

  #note(delta: TableDelta, named: boolean): void {
    const key = rowKey(delta);
    const table = key.split("/")[0] ?? key;
    if (!named) this.#rows.set(key, { table, removal: delta, named });
    else if (isRowDelta(delta)) this.#rows.set(key, { table, removal: removalOf(delta), named });
    else this.#rows.delete(key);
  }
}

/** A removal of every row in the kernel's maps. */
function removalsOfAll({ maps }: Kernel): readonly TableDelta[] {
  const ids = (fd: number): readonly number[] => mapKeys(fd, SIZE.u32).map((key) => new Struct(key).getU32(0));
  const removals: TableDelta[] = [];
  mapForEachVif(maps.vifs, (id) => removals.push({ kind: "interface-remove", id }));
  for (const key of mapKeys(maps.sources, SIZE.prefixKey)) {
    const { scope, prefix } = readPrefixKey(key);
    removals.push({ kind: "interface-address-remove", interface: scope, prefix });
  }
  for (const key of mapKeys(maps.routes, SIZE.prefixKey)) {
    const { scope, prefix } = readPrefixKey(key);
    removals.push({ kind: "route-remove", vrf: scope, prefix });
  }
  for (const id of ids(maps.next_hops)) removals.push({ kind: "next-hop-remove", id });
  for (const label of ids(maps.labels)) removals.push({ kind: "label-remove", label });
  for (const key of mapKeys(maps.tunnel_endpoints, SIZE.u32)) {
    removals.push({ kind: "tunnel-endpoint-remove", address: new Struct(key).getBe32(0) });
  }
  for (const id of ids(maps.group_sets)) removals.push({ kind: "group-set-remove", id });
  for (const id of ids(maps.acls)) removals.push({ kind: "acl-remove", id });
  return removals;
}

function mapForEachVif(fd: number, each: (id: number) => void): void {
  mapForEach(fd, SIZE.u32, SIZE.vif, (_key, value) => {
    const id = new Struct(value).getU32(0);
    if (id !== 0) each(id);
  });
}
