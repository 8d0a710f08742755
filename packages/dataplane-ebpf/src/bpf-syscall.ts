import koffi from "koffi";
import { BpfError } from "./bpf-error.ts";

/** bpf(2): number of the system call, commands and flags (linux/bpf.h). */
const SYSCALL = process.arch === "arm64" ? 280 : 321;
const CMD = {
  lookup: 1,
  update: 2,
  delete: 3,
  nextKey: 4,
  attach: 8,
  detach: 9,
  testRun: 10,
  programById: 13,
  objectInfo: 15,
  query: 16,
  lookupBatch: 24,
  updateBatch: 26,
} as const;
/** Attach type of a device's list of programs for incoming frames, since kernel 6.6; its flags, and room for its answer. */
const TCX_INGRESS = 46;
const LIST_REPLACE = 1 << 2;
const LIST_FIRST = 1 << 3;
const MAX_LISTED = 64;
/** Up to and with run_cnt. */
const PROGRAM_INFO_BYTES = 208;
const ENOENT = 2;
const ENOSPC = 28;
/** The kernel's own ENOTSUPP: the map has no batch operations. */
const ENOTSUPP = 524;
const EINVAL = 22;

const library = koffi.load("libc.so.6");
// koffi types functions loosely; the C text gives the types that stand beside it.
const syscall = library.func("long syscall(long, int, void*, unsigned int)") as (
  number: number,
  command: number,
  attributes: Uint8Array,
  size: number,
) => number;
const close = library.func("int close(int)") as (fd: number) => number;
const strerror = library.func("str strerror(int)") as (code: number) => string;

/** Words for an error number. */
export function errorWords(errno: number): string {
  return strerror(errno);
}

/** Copies the value of a key; false where there is none. */
export function mapLookup(fd: number, key: Uint8Array, value: Uint8Array): boolean {
  const errno = element(CMD.lookup, fd, key, value, 0n);
  if (errno !== 0 && errno !== ENOENT) throw failed("look up", errno);
  return errno === 0;
}

/** Writes the value of a key. Throws BpfError, errno 28 or 7 where the map is full. */
export function mapUpdate(fd: number, key: Uint8Array, value: Uint8Array): void {
  const errno = element(CMD.update, fd, key, value, 0n);
  if (errno !== 0) throw failed("update a map", errno);
}

/** Removes a key; false where there was none. */
export function mapDelete(fd: number, key: Uint8Array): boolean {
  const errno = element(CMD.delete, fd, key, undefined, 0n);
  if (errno !== 0 && errno !== ENOENT) throw failed("delete from a map", errno);
  return errno === 0;
}

/** All keys of a map, as they are while walking. */
export function mapKeys(fd: number, keyBytes: number): readonly Uint8Array[] {
  const keys: Uint8Array[] = [];
  let key: Uint8Array | undefined;
  for (;;) {
    const next = new Uint8Array(keyBytes);
    const errno = element(CMD.nextKey, fd, key, next, 0n);
    if (errno === ENOENT) return keys;
    if (errno !== 0) throw failed("walk a map", errno);
    keys.push(next);
    key = next;
  }
}

/** Writes many entries at once where the kernel can, else one by one. keys and values are packed. */
export function mapUpdateMany(fd: number, keys: Uint8Array, values: Uint8Array, count: number): void {
  if (count === 0) return;
  const attributes = new Attributes(56);
  attributes.pointer(16, keys).pointer(24, values).u32(32, count).u32(36, fd);
  const errno = attributes.call(CMD.updateBatch);
  if (errno === 0) return;
  if (errno !== ENOTSUPP && errno !== EINVAL) throw failed("update a map", errno);
  const keyBytes = keys.length / count;
  const valueBytes = values.length / count;
  for (let index = 0; index < count; index++) {
    mapUpdate(
      fd,
      keys.subarray(index * keyBytes, (index + 1) * keyBytes),
      values.subarray(index * valueBytes, (index + 1) * valueBytes),
    );
  }
}

/** Calls back for each entry of a hash map, in batches, until it gives false; the arrays are reused between calls. */
export function mapForEach(
  fd: number,
  keyBytes: number,
  valueBytes: number,
  each: (key: Uint8Array, value: Uint8Array) => unknown,
): void {
  const room = 4_096;
  const keys = new Uint8Array(keyBytes * room);
  const values = new Uint8Array(valueBytes * room);
  const position = new Uint8Array(Math.max(keyBytes, 4));
  for (let first = true; ; first = false) {
    const attributes = new Attributes(56);
    if (!first) attributes.pointer(0, position);
    attributes.pointer(8, position).pointer(16, keys).pointer(24, values).u32(32, room).u32(36, fd);
    const errno = attributes.call(CMD.lookupBatch);
    if (errno !== 0 && errno !== ENOENT) throw failed("read a map", errno === ENOSPC ? ENOSPC : errno);
    const count = attributes.view.getUint32(32, true);
    for (let index = 0; index < count; index++) {
      const key = keys.subarray(index * keyBytes, (index + 1) * keyBytes);
      if (each(key, values.subarray(index * valueBytes, (index + 1) * valueBytes)) === false) return;
    }
    if (errno === ENOENT) return;
  }
}

/** What a run of a program gave. */
export interface TestRun {
  readonly result: number;
  readonly data: Uint8Array;
}

/** Runs a program once on bytes (BPF_PROG_TEST_RUN); room is added for what it may put before them. */
export function runOnFrame(fd: number, frame: Uint8Array, roomBytes: number): TestRun {
  const out = new Uint8Array(frame.length + roomBytes);
  const attributes = new Attributes(80);
  attributes.u32(0, fd).u32(8, frame.length).u32(12, out.length).pointer(16, frame).pointer(24, out).u32(32, 1);
  const errno = attributes.call(CMD.testRun);
  if (errno !== 0) throw failed("run a program", errno);
  return { result: attributes.view.getInt32(4, true), data: out.slice(0, attributes.view.getUint32(12, true)) };
}

/** Runs a program of type syscall; it reads and writes the context in place. */
export function runOnContext(fd: number, context: Uint8Array): void {
  const attributes = new Attributes(80);
  attributes.u32(0, fd).u32(40, context.length).pointer(48, context);
  const errno = attributes.call(CMD.testRun);
  if (errno !== 0) throw failed("run a program", errno);
}

/** Members of struct bpf_prog_info (linux/bpf.h). */
export function programInfo(fd: number): {
  readonly id: number;
  readonly name: string;
  readonly runs: number;
  readonly nanoseconds: number;
} {
  const info = new Uint8Array(PROGRAM_INFO_BYTES);
  const attributes = new Attributes(16);
  attributes.u32(0, fd).u32(4, info.length).pointer(8, info);
  const errno = attributes.call(CMD.objectInfo);
  if (errno !== 0) throw failed("ask for a program", errno);
  const view = new DataView(info.buffer);
  return {
    id: view.getUint32(4, true),
    name: new TextDecoder().decode(info.subarray(64, info.indexOf(0, 64))),
    runs: Number(view.getBigUint64(200, true)),
    nanoseconds: Number(view.getBigUint64(192, true)),
  };
}

/** Ids of the programs on a device's list for incoming frames (tcx), in their order. Throws BpfError, 22 where the kernel has none. */
export function listedPrograms(ifindex: number): readonly number[] {
  const ids = new Uint32Array(MAX_LISTED);
  const attributes = new Attributes(64);
  attributes.u32(0, ifindex).u32(4, TCX_INGRESS).pointer(16, new Uint8Array(ids.buffer)).u32(24, ids.length);
  const errno = attributes.call(CMD.query);
  if (errno === ENOENT) return [];
  if (errno !== 0) throw failed("read a device's programs", errno);
  return [...ids.subarray(0, attributes.view.getUint32(24, true))];
}

/** Puts a program first on that list, or in the place of another. */
export function listProgram(ifindex: number, fd: number, replacedFd: number | undefined): void {
  const attributes = new Attributes(32);
  attributes.u32(0, ifindex).u32(4, fd).u32(8, TCX_INGRESS);
  if (replacedFd === undefined) attributes.u32(12, LIST_FIRST);
  else attributes.u32(12, LIST_REPLACE).u32(16, replacedFd);
  const errno = attributes.call(CMD.attach);
  if (errno !== 0) throw failed(`attach to device ${ifindex}`, errno);
}

/** Takes a program off that list. */
export function unlistProgram(ifindex: number, fd: number): void {
  const attributes = new Attributes(32);
  attributes.u32(0, ifindex).u32(4, fd).u32(8, TCX_INGRESS);
  const errno = attributes.call(CMD.detach);
  if (errno !== 0) throw failed(`detach from device ${ifindex}`, errno);
}

/** Runs with a descriptor of a program of the kernel; undefined where the program is gone. */
export function withProgram<T>(id: number, use: (fd: number) => T): T | undefined {
  const attributes = new Attributes(16);
  attributes.u32(0, id);
  const fd = attributes.result(CMD.programById);
  if (fd < 0) return undefined;
  try {
    return use(fd);
  } finally {
    close(fd);
  }
}

function element(
  command: number,
  fd: number,
  key: Uint8Array | undefined,
  value: Uint8Array | undefined,
  flags: bigint,
): number {
  const attributes = new Attributes(32);
  attributes.u32(0, fd);
  if (key !== undefined) attributes.pointer(8, key);
  if (value !== undefined) attributes.pointer(16, value);
  attributes.view.setBigUint64(24, flags, true);
  return attributes.call(command);
}

/** union bpf_attr as bytes; keeps what it points at alive. */
class Attributes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #kept: Uint8Array[] = [];

  constructor(sizeBytes: number) {
    this.bytes = new Uint8Array(sizeBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  u32(offset: number, value: number): this {
    this.view.setUint32(offset, value, true);
    return this;
  }

  pointer(offset: number, target: Uint8Array): this {
    this.#kept.push(target);
    this.view.setBigUint64(offset, koffi.address(target), true);
    return this;
  }

  /** 0, or the error number. */
  call(command: number): number {
    return this.result(command) < 0 ? koffi.errno() : 0;
  }

  /** What the call returns: a descriptor, or -1. */
  result(command: number): number {
    return syscall(SYSCALL, command, this.bytes, this.bytes.length);
  }
}

function failed(operation: string, errno: number): BpfError {
  return new BpfError(operation, errno, strerror(errno));
}
