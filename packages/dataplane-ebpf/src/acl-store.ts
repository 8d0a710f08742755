import type { AclRule } from "@contrail/forwarding";
import { ACL_ROW_BYTES, compileAcl, compiledRows } from "./acl-bitmaps.ts";
import { mapDelete, mapForEach, mapLookup, mapUpdate, mapUpdateMany } from "./bpf-syscall.ts";
import type { Kernel } from "./kernel.ts";
import { SIZE, Struct, u32Key } from "./layout.ts";

/**
 * Compiled ACLs in the kernel. An ACL is swapped whole: rows of a new version are written beside the old ones, then its
 * id leads to the new version. The old rows stay until two calls of collect() later: a packet may be reading them.
 */
export class AclStore {
  readonly #kernel: Kernel;
  #nextVersion = 1;
  #retired: number[] = [];
  #retiredBefore: number[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#adopt();
  }

  set(id: number, rules: readonly AclRule[]): void {
    const { acls, acl_rows } = this.#kernel.maps;
    const rows = compileAcl(rules);
    const version = this.#nextVersion;
    this.#nextVersion = (version % 0xffffffff) + 1;
    const keys = new Uint8Array(rows.length * SIZE.aclRowKey);
    const values = new Uint8Array(rows.length * ACL_ROW_BYTES);
    rows.forEach((row, index) => {
      keys.set(rowKey(version, index), index * SIZE.aclRowKey);
      values.set(row, index * ACL_ROW_BYTES);
    });
    const before = this.#version(id);
    try {
      mapUpdateMany(acl_rows, keys, values, rows.length);
      mapUpdate(acls, u32Key(id), u32Key(version));
    } catch (reason) {
      for (let row = 0; row < rows.length; row++) mapDelete(acl_rows, rowKey(version, row));
      throw reason;
    }
    if (before !== undefined) this.#retired.push(before);
  }

  delete(id: number): void {
    const version = this.#version(id);
    mapDelete(this.#kernel.maps.acls, u32Key(id));
    if (version !== undefined) this.#retired.push(version);
  }

  /** Removes rows that no packet can be reading any more; called about once a second. */
  collect(): void {
    const { acl_rows } = this.#kernel.maps;
    const header = new Uint8Array(ACL_ROW_BYTES);
    for (const version of this.#retiredBefore) {
      if (!mapLookup(acl_rows, rowKey(version, 0), header)) continue;
      const rows = compiledRows(header);
      for (let row = 0; row < rows; row++) mapDelete(acl_rows, rowKey(version, row));
    }
    this.#retiredBefore = this.#retired;
    this.#retired = [];
  }

  /** After a restart: rows that no id leads to are left over. */
  #adopt(): void {
    const { acls, acl_rows } = this.#kernel.maps;
    const live = new Set<number>();
    mapForEach(acls, SIZE.u32, SIZE.u32, (_key, value) => live.add(new Struct(value).getU32(0)));
    const dead: Uint8Array[] = [];
    mapForEach(acl_rows, SIZE.aclRowKey, ACL_ROW_BYTES, (key) => {
      const version = new Struct(key).getU32(0);
      this.#nextVersion = Math.max(this.#nextVersion, version + 1);
      if (!live.has(version)) dead.push(key.slice());
    });
    for (const key of dead) mapDelete(acl_rows, key);
  }

  #version(id: number): number | undefined {
    const value = new Uint8Array(SIZE.u32);
    return mapLookup(this.#kernel.maps.acls, u32Key(id), value) ? new Struct(value).getU32(0) : undefined;
  }
}

function rowKey(version: number, row: number): Uint8Array {
  return new Struct(SIZE.aclRowKey).u32(0, version).u32(4, row).bytes;
}
