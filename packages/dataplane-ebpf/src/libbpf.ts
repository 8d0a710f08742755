import koffi from "koffi";
import { BpfError } from "./bpf-error.ts";
import { errorWords } from "./bpf-syscall.ts";

/** libbpf 1.x, which iproute2 depends on in Debian; every FFI declaration for it stands here. */
type Handle = unknown;
type Bytes = Uint8Array;

const LIBRARY = "libbpf.so.1";
const LOG_BYTES = 4 * 1024 * 1024;
/** struct bpf_object_open_opts, up to and with kernel_log_level. */
const OPEN_OPTIONS_BYTES = 80;
const EEXIST = 17;
const ATTACH_INGRESS = 1;
const ATTACH_EGRESS = 2;
const TC_REPLACE = 1;

interface Calls {
  readonly open: (path: string, options: Bytes) => Handle;
  readonly load: (object: Handle) => number;
  readonly close: (object: Handle) => void;
  readonly nextMap: (object: Handle, map: Handle) => Handle;
  readonly setPinPath: (map: Handle, path: null) => number;
  readonly map: (object: Handle, name: string) => Handle;
  readonly setMaxEntries: (map: Handle, entries: number) => number;
  readonly mapFd: (object: Handle, name: string) => number;
  readonly program: (object: Handle, name: string) => Handle;
  readonly programFd: (program: Handle) => number;
  readonly hookCreate: (hook: Bytes) => number;
  readonly hookDestroy: (hook: Bytes) => number;
  readonly attach: (hook: Bytes, options: Bytes) => number;
  readonly detach: (hook: Bytes, options: Bytes) => number;
}

let loaded: Calls | undefined;

/** Loads the library at the first use. Throws where it is not installed. */
function calls(): Calls {
  if (loaded !== undefined) return loaded;
  const library = koffi.load(LIBRARY);
  const declare = <T>(text: string): T => library.func(text) as T; // koffi types functions loosely.
  declare<(print: null) => Handle>("void* libbpf_set_print(void*)")(null);
  loaded = {
    open: declare("void* bpf_object__open_file(str, void*)"),
    load: declare("int bpf_object__load(void*)"),
    close: declare("void bpf_object__close(void*)"),
    nextMap: declare("void* bpf_object__next_map(void*, void*)"),
    setPinPath: declare("int bpf_map__set_pin_path(void*, str)"),
    map: declare("void* bpf_object__find_map_by_name(void*, str)"),
    setMaxEntries: declare("int bpf_map__set_max_entries(void*, uint32_t)"),
    mapFd: declare("int bpf_object__find_map_fd_by_name(void*, str)"),
    program: declare("void* bpf_object__find_program_by_name(void*, str)"),
    programFd: declare("int bpf_program__fd(void*)"),
    hookCreate: declare("int bpf_tc_hook_create(void*)"),
    hookDestroy: declare("int bpf_tc_hook_destroy(void*)"),
    attach: declare("int bpf_tc_attach(void*, void*)"),
    detach: declare("int bpf_tc_detach(void*, void*)"),
  };
  return loaded;
}

/** Programs and maps of one object file in the kernel. */
export interface BpfObject {
  /** Descriptor of a map, owned by the object. */
  mapFd(name: string): number;
  /** Descriptor of a program, owned by the object. */
  programFd(name: string): number;
  /** Closes the descriptors; what is pinned or attached stays. */
  close(): void;
}

/**
 * Loads an object file; maps that ask for a pin are found in the directory, or made there; without one nothing is pinned.
 * Maps that are named in `entries` get so many. Throws BpfError with the last lines of the verifier's log.
 */
export function loadObject(
  path: string,
  pinDirectory: string | undefined,
  entries: Readonly<Record<string, number>> = {},
): BpfObject {
  const { open, load, close, nextMap, map: mapOf, setMaxEntries, setPinPath, mapFd, program, programFd } = calls();
  const log = new Uint8Array(LOG_BYTES);
  const options = new Uint8Array(OPEN_OPTIONS_BYTES);
  const view = new DataView(options.buffer);
  view.setBigUint64(0, BigInt(OPEN_OPTIONS_BYTES), true);
  const directory = pinDirectory === undefined ? undefined : new TextEncoder().encode(`${pinDirectory}\0`);
  if (directory !== undefined) view.setBigUint64(24, koffi.address(directory), true);
  view.setBigUint64(56, koffi.address(log), true);
  view.setBigUint64(64, BigInt(LOG_BYTES), true);
  const object = open(path, options);
  if (object === null) throw new BpfError(`open ${path}`, koffi.errno(), errorWords(koffi.errno()));
  if (pinDirectory === undefined) {
    for (let map = nextMap(object, null); map !== null; map = nextMap(object, map)) setPinPath(map, null);
  }
  for (const [name, count] of Object.entries(entries)) setMaxEntries(mapOf(object, name), count);
  const result = load(object);
  if (result < 0) {
    close(object);
    throw new BpfError(`load ${path}`, -result, `${errorWords(-result)}${lastLines(log)}`);
  }
  let open_ = true;
  return {
    mapFd: (name) => found(mapFd(object, name), `map ${name} of ${path}`),
    programFd: (name) => found(programFd(program(object, name)), `program ${name} of ${path}`),
    close: () => {
      if (open_) close(object);
      open_ = false;
    },
  };
}

/** Attaches a program to a device's ingress in place of ours that may be there; true where clsact was made for it. */
export function attachIngress(ifindex: number, programFd: number): boolean {
  const { hookCreate, attach } = calls();
  const hook = tcHook(ifindex, ATTACH_INGRESS);
  const created = hookCreate(hook);
  if (created < 0 && created !== -EEXIST) throw failed(`add clsact to device ${ifindex}`, created);
  const result = attach(hook, tcOptions(programFd, TC_REPLACE));
  if (result < 0) throw failed(`attach to device ${ifindex}`, result);
  return created === 0;
}

/** Takes our program off a device's ingress, with clsact where it was made for us; a device that is gone is no error. */
export function detachIngress(ifindex: number, removeHook: boolean): void {
  const { hookDestroy, detach } = calls();
  if (removeHook) hookDestroy(tcHook(ifindex, ATTACH_INGRESS | ATTACH_EGRESS));
  else detach(tcHook(ifindex, ATTACH_INGRESS), tcOptions(0, 0));
}

/** struct bpf_tc_hook: size:64 | ifindex:32 | attach point:32 | parent:32. */
function tcHook(ifindex: number, point: number): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 24n, true);
  view.setInt32(8, ifindex, true);
  view.setUint32(12, point, true);
  return bytes;
}

/** struct bpf_tc_opts: size:64 | program:32 | flags:32 | program id:32 | handle:32 | priority:32. */
function tcOptions(programFd: number, flags: number): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 32n, true);
  view.setInt32(8, programFd, true);
  view.setUint32(12, flags, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, 1, true);
  return bytes;
}

function found(fd: number, what: string): number {
  if (fd < 0) throw new BpfError(`find ${what}`, -fd, errorWords(-fd));
  return fd;
}

function failed(operation: string, result: number): BpfError {
  return new BpfError(operation, -result, errorWords(-result));
}

function lastLines(log: Uint8Array): string {
  const end = log.indexOf(0);
  const lines = new TextDecoder()
    .decode(log.subarray(0, end < 0 ? log.length : end))
    .trim()
    .split("\n");
  return lines[0] === "" ? "" : `; the verifier says: ${lines.slice(-4).join(" | ")}`;
}
