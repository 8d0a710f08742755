import { ContrailError } from "@contrail/errors";
import koffi from "koffi";

/** The calls of the C library that this package makes; every FFI declaration stands here. */
const library = koffi.load("libc.so.6");

type Bytes = Uint8Array;

// koffi types functions loosely; each declaration's C text gives the types that stand beside it.
const call = {
  socket: library.func("int socket(int, int, int)") as (domain: number, type: number, protocol: number) => number,
  close: library.func("int close(int)") as (fd: number) => number,
  bind: library.func("int bind(int, void*, uint32_t)") as (fd: number, address: Bytes, length: number) => number,
  recv: library.func("long recv(int, void*, size_t, int)") as (
    fd: number,
    into: Bytes,
    length: number,
    flags: number,
  ) => number,
  send: library.func("long send(int, void*, size_t, int)") as (
    fd: number,
    from: Bytes,
    length: number,
    flags: number,
  ) => number,
  sendto: library.func("long sendto(int, void*, size_t, int, void*, uint32_t)") as (
    fd: number,
    from: Bytes,
    length: number,
    flags: number,
    address: Bytes,
    addressLength: number,
  ) => number,
  setsockopt: library.func("int setsockopt(int, int, int, void*, uint32_t)") as (
    fd: number,
    level: number,
    option: number,
    value: Bytes,
    length: number,
  ) => number,
  connect: library.func("int connect(int, void*, uint32_t)") as (fd: number, address: Bytes, length: number) => number,
  getsockopt: library.func("int getsockopt(int, int, int, void*, void*)") as (
    fd: number,
    level: number,
    option: number,
    value: Bytes,
    length: Bytes,
  ) => number,
  getpeername: library.func("int getpeername(int, void*, void*)") as (
    fd: number,
    address: Bytes,
    length: Bytes,
  ) => number,
  poll: library.func("int poll(void*, unsigned long, int)") as (fds: Bytes, count: number, timeoutMs: number) => number,
  ioctl: library.func("int ioctl(int, unsigned long, void*)") as (
    fd: number,
    request: number,
    argument: Bytes,
  ) => number,
  flock: library.func("int flock(int, int)") as (fd: number, operation: number) => number,
  ifNameToIndex: library.func("unsigned int if_nametoindex(str)") as (name: string) => number,
  strerror: library.func("str strerror(int)") as (code: number) => string,
};

/** Error numbers that callers tell apart. */
export const ERRNO = {
  ENOENT: 2,
  EINTR: 4,
  ENXIO: 6,
  EAGAIN: 11,
  ENODEV: 19,
  EINVAL: 22,
  EMSGSIZE: 90,
  ENOPROTOOPT: 92,
  EOPNOTSUPP: 95,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ENOBUFS: 105,
  EINPROGRESS: 115,
} as const;

/** A failed call with its error number. */
export class SystemCallError extends ContrailError {
  override readonly name = "SystemCallError";
  readonly errno: number;

  constructor(operation: string, errno: number) {
    super("netns.system_call", `${operation}: ${call.strerror(errno)}`, { fields: { operation, errno } });
    this.errno = errno;
  }
}

export const AF_INET = 2;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** Opens a socket that is non-blocking and not inherited. Throws SystemCallError. */
export function openSocket(domain: number, type: number, protocol: number): number {
  const fd = call.socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (fd < 0) throw new SystemCallError("socket", koffi.errno());
  return fd;
}

/** Closes a descriptor, once: the number may be given out again at once. */
export function closeDescriptor(fd: number): void {
  call.close(fd);
}

/** Binds to an address in the kernel's form. Throws SystemCallError. */
export function bindSocket(fd: number, address: Uint8Array): void {
  check("bind", call.bind(fd, address, address.length));
}

/** Sets an option in the kernel's form. Throws SystemCallError. */
export function setSocketOption(fd: number, level: number, option: number, value: Uint8Array): void {
  check("setsockopt", call.setsockopt(fd, level, option, value, value.length));
}

/** Begins to connect to an address in the kernel's form: 0 where it is connected, or the error number. */
export function connectSocket(fd: number, address: Uint8Array): number {
  return call.connect(fd, address, address.length) === 0 ? 0 : koffi.errno();
}

/** An option of a socket in the kernel's form, of so many octets at most. Throws SystemCallError. */
export function socketOption(fd: number, level: number, option: number, mostBytes: number): Uint8Array {
  const value = new Uint8Array(mostBytes);
  const length = new Uint8Array(4);
  const view = new DataView(length.buffer);
  view.setUint32(0, mostBytes, true);
  check("getsockopt", call.getsockopt(fd, level, option, value, length));
  return value.subarray(0, view.getUint32(0, true));
}

/** True for a connection that has its handshake behind it and has not ended. */
export function hasPeer(fd: number): boolean {
  return call.getpeername(fd, new Uint8Array(16), Uint8Array.from([16, 0, 0, 0])) === 0;
}

/** True where a descriptor can be written to, or has failed (poll(2)). */
export function isWritable(fd: number): boolean {
  const POLLOUT = 4;
  const asked = new Uint8Array(8); // struct pollfd: fd:32 | events:16 | revents:16.
  const view = new DataView(asked.buffer);
  view.setInt32(0, fd, true);
  view.setInt16(4, POLLOUT, true);
  return call.poll(asked, 1, 0) > 0;
}

/** Bytes received into the buffer, or the negative error number. */
export function receive(fd: number, into: Uint8Array): number {
  const received = call.recv(fd, into, into.length, MSG_DONTWAIT);
  return received < 0 ? -koffi.errno() : received;
}

/** 0, or the error number. The address is in the kernel's form; absent for a bound socket. */
export function transmit(fd: number, bytes: Uint8Array, address?: Uint8Array): number {
  const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  const sent =
    address === undefined
      ? call.send(fd, bytes, bytes.length, flags)
      : call.sendto(fd, bytes, bytes.length, flags, address, address.length);
  return sent < 0 ? koffi.errno() : 0;
}

/** 0, or the error number. */
export function deviceControl(fd: number, request: number, argument: Uint8Array): number {
  return call.ioctl(fd, request, argument) < 0 ? koffi.errno() : 0;
}

/** Takes the lock of an open file (flock(2)), which ends with the process; false where another process has it. */
export function takeFileLock(fd: number): boolean {
  const LOCK_EX = 2;
  const LOCK_NB = 4;
  if (call.flock(fd, LOCK_EX | LOCK_NB) === 0) return true;
  if (koffi.errno() === ERRNO.EAGAIN) return false;
  throw new SystemCallError("flock", koffi.errno());
}

/** The memory address of a buffer's first byte; good while the buffer is referenced. */
export function addressOf(bytes: Uint8Array): bigint {
  return koffi.address(bytes);
}

/** The index of a network device in the caller's namespace; undefined where there is none of this name. */
export function interfaceIndex(device: string): number | undefined {
  const index = call.ifNameToIndex(device);
  return index === 0 ? undefined : index;
}

/**
 * Calls back in the event loop while a descriptor is readable, and once with broken = true when it is in error, after
 * which it is not watched any more. Returns how to stop.
 */
export function watchReadable(fd: number, callback: (broken: boolean) => void): () => void {
  // koffi hands on libuv's status, which its type does not have: negative after POLLERR.
  const onPoll = (status: unknown): void => {
    try {
      callback(typeof status === "number" && status < 0);
    } catch (reason) {
      // An exception that reaches the native frame would end the process without a word.
      setImmediate(() => {
        throw reason;
      });
    }
  };
  const handle = koffi.node.poll(fd, { readable: true }, onPoll);
  let stopped = false;
  return () => {
    if (!stopped) handle.close();
    stopped = true;
  };
}

function check(operation: string, result: number): void {
  if (result < 0) throw new SystemCallError(operation, koffi.errno());
}
