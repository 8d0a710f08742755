/** A structure as the compiler laid it out: its size and the offsets of its members, bytes. */
export interface StructLayout {
  readonly sizeBytes: number;
  readonly offsets: ReadonlyMap<string, number>;
}

const KIND_STRUCT = 4;
/** 32-bit words after the three of each type, by kind (Documentation/bpf/btf.rst); "each" is once for each of its members. */
const EXTRA: Readonly<Record<number, { readonly once: number; readonly each: number }>> = {
  1: { once: 1, each: 0 },
  3: { once: 3, each: 0 },
  4: { once: 0, each: 3 },
  5: { once: 0, each: 3 },
  6: { once: 0, each: 2 },
  13: { once: 0, each: 2 },
  14: { once: 1, each: 0 },
  15: { once: 0, each: 3 },
  17: { once: 1, each: 0 },
  19: { once: 0, each: 3 },
};

/** The structures of an object file by name, from its BTF: what src/layout.ts must agree with. */
export function structLayouts(object: Uint8Array): ReadonlyMap<string, StructLayout> {
  const btf = sectionOf(object, ".BTF");
  const view = viewOf(btf);
  const headerBytes = view.getUint32(4, true);
  const types = viewOf(btf.subarray(headerBytes + view.getUint32(8, true)));
  const typesBytes = view.getUint32(12, true);
  const strings = btf.subarray(headerBytes + view.getUint32(16, true));
  const layouts = new Map<string, StructLayout>();
  for (let at = 0; at < typesBytes; ) {
    const info = types.getUint32(at + 4, true);
    const members = info & 0xffff;
    const kind = (info >>> 24) & 0x1f;
    if (kind === KIND_STRUCT) {
      const layout = { sizeBytes: types.getUint32(at + 8, true), offsets: offsetsOf(types, at + 12, members, strings) };
      layouts.set(textAt(strings, types.getUint32(at, true)), layout);
    }
    const { once, each } = EXTRA[kind] ?? { once: 0, each: 0 };
    at += 12 + 4 * (once + each * members);
  }
  return layouts;
}

/** struct btf_member: name:32 | type:32 | offset in bits:32. */
function offsetsOf(types: DataView, start: number, members: number, strings: Uint8Array): ReadonlyMap<string, number> {
  return new Map(
    Array.from({ length: members }, (_, index) => {
      const at = start + 12 * index;
      return [textAt(strings, types.getUint32(at, true)), (types.getUint32(at + 8, true) & 0xffffff) / 8] as const;
    }),
  );
}

/** A section of a 64-bit little-endian ELF file. Throws where there is none of this name. */
function sectionOf(object: Uint8Array, name: string): Uint8Array {
  const view = viewOf(object);
  const table = Number(view.getBigUint64(0x28, true));
  const entryBytes = view.getUint16(0x3a, true);
  const bytesOf = (index: number): Uint8Array => {
    const at = table + index * entryBytes;
    const offset = Number(view.getBigUint64(at + 0x18, true));
    return object.subarray(offset, offset + Number(view.getBigUint64(at + 0x20, true)));
  };
  const names = bytesOf(view.getUint16(0x3e, true));
  for (let index = 0; index < view.getUint16(0x3c, true); index++) {
    if (textAt(names, view.getUint32(table + index * entryBytes, true)) === name) return bytesOf(index);
  }
  throw new Error(`the object has no section ${name}`);
}

function textAt(strings: Uint8Array, offset: number): string {
  return new TextDecoder().decode(strings.subarray(offset, strings.indexOf(0, offset)));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
