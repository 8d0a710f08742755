import type { AclRule } from "@contrail/forwarding";
import { ACL_ROW_BYTES, compileAcl, compiledRows } from "./acl-bitmaps.ts";
import { BpfError } from "./bpf-error.ts";
import { mapDelete, mapForEach, mapLookup, mapUpdate, mapUpdateMany } from "./bpf-syscall.ts";
import type { Kernel } from "./kernel.ts";
import { ACL_ROWS, SIZE, Struct, u32Key } from "./layout.ts";
import { type RowRange, RowSpace } from "./row-space.ts";

const ENOSPC = 28;

/**
 * Compiled ACLs in the kernel. An ACL is swapped whole: new rows are written where no row is in use, then its id leads to
 * them. The old rows stay as they are until two calls of collect() later: a packet may be reading them.
 */
export class AclStore {
  readonly #kernel: Kernel;
  readonly #space = new RowSpace(ACL_ROWS);
  #retired: RowRange[] = [];
  #retiredBefore: RowRange[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#adopt();
  }

  /** Throws BpfError, errno 28, where the rows do not fit: then the id leads nowhere, which denies. */
  set(id: number, rules: readonly AclRule[]): void {
    const { acls, acl_rows } = this.#kernel.maps;
    const rows = compileAcl(rules);
    const count = rows.length;
    const first = this.#space.take(count);
    if (first === undefined) {
      this.delete(id);
      throw new BpfError("write an ACL", ENOSPC, `no room for ${count} rows`);
    }
    const keys = new Uint8Array(count * SIZE.u32);
    const values = new Uint8Array(count * ACL_ROW_BYTES);
    rows.forEach((row, index) => {
      keys.set(u32Key(first + index), index * SIZE.u32);
      values.set(row, index * ACL_ROW_BYTES);
    });
    const before = this.#rangeOf(id);
    try {
      mapUpdateMany(acl_rows, keys, values, count);
      mapUpdate(acls, u32Key(id), u32Key(first));
    } catch (reason) {
      this.#space.give({ first, count });
      throw reason;
    }
    if (before !== undefined) this.#retired.push(before);
  }

  delete(id: number): void {
    const before = this.#rangeOf(id);
    mapDelete(this.#kernel.maps.acls, u32Key(id));
    if (before !== undefined) this.#retired.push(before);
  }

  /** Lets rows go that no packet can be reading any more; called about once a second. */
  collect(): void {
    for (const range of this.#retiredBefore) this.#space.give(range);
    this.#retiredBefore = this.#retired;
    this.#retired = [];
  }

  /** After a restart: what ids lead to is in use, everything else is not. */
  #adopt(): void {
    const ids: number[] = [];
    mapForEach(this.#kernel.maps.acls, SIZE.u32, SIZE.u32, (key) => ids.push(new Struct(key).getU32(0)));
    for (const id of ids) {
      const range = this.#rangeOf(id);
      if (range !== undefined) this.#space.claim(range);
    }
  }

  #rangeOf(id: number): RowRange | undefined {
    const first = new Uint8Array(SIZE.u32);
    if (!mapLookup(this.#kernel.maps.acls, u32Key(id), first)) return undefined;
    const header = new Uint8Array(ACL_ROW_BYTES);
    mapLookup(this.#kernel.maps.acl_rows, first, header);
    return { first: new Struct(first).getU32(0), count: compiledRows(header) };
  }
}
