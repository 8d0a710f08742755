import koffi from "koffi";

/**
 * Blocking IPv4 sockets, called straight from JavaScript: a traffic generator whose own cost is small beside the
 * kernel's, and the same for every mode. Calls block the process; nothing else may run in it.
 */
const library = koffi.load("libc.so.6");
type Bytes = Uint8Array;
type ByFd = (fd: number, bytes: Bytes, length: number) => number;

// koffi types functions loosely; each declaration's C text gives the types that stand beside it.
const call = {
  socket: library.func("int socket(int, int, int)") as (domain: number, type: number, protocol: number) => number,
  bind: library.func("int bind(int, void*, uint32_t)") as ByFd,
  connect: library.func("int connect(int, void*, uint32_t)") as ByFd,
  listen: library.func("int listen(int, int)") as (fd: number, backlog: number) => number,
  accept: library.func("int accept(int, void*, void*)") as (fd: number, address: null, length: null) => number,
  send: library.func("long send(int, void*, size_t, int)") as (fd: number, b: Bytes, n: number, f: number) => number,
  recv: library.func("long recv(int, void*, size_t, int)") as (fd: number, b: Bytes, n: number, f: number) => number,
  close: library.func("int close(int)") as (fd: number) => number,
  setsockopt: library.func("int setsockopt(int, int, int, void*, uint32_t)") as (
    fd: number,
    level: number,
    option: number,
    value: Bytes,
    length: number,
  ) => number,
  strerror: library.func("str strerror(int)") as (code: number) => string,
};

const AF_INET = 2;
const SOL_SOCKET = 1;
const SOL_UDP = 17;
const UDP_SEGMENT = 103;
const SO_REUSEADDR = 2;
const SO_RCVTIMEO = 20;
const SO_RCVBUF = 8;
const MSG_NOSIGNAL = 0x4000;
/** Long enough for whatever is slow, short enough that nothing hangs. */
const PATIENCE_SECONDS = 10;

/** An address and port, "10.1.1.3" and 5000. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Opens a socket whose receives give up after ten seconds; bound where an address is given. */
export function openSocket(type: "tcp" | "udp", local?: Address): number {
  const fd = checked("socket", call.socket(AF_INET, type === "tcp" ? 1 : 2, 0));
  if (local === undefined) return fd;
  setOption(fd, SO_REUSEADDR, new Uint8Array(new Int32Array([1]).buffer));
  const timeout = new BigInt64Array([BigInt(PATIENCE_SECONDS), 0n]);
  setOption(fd, SO_RCVTIMEO, new Uint8Array(timeout.buffer));
  checked(`bind ${local.host}:${local.port}`, call.bind(fd, socketAddress(local), 16));
  return fd;
}

/** Cuts what is sent into datagrams of this many bytes, in the stack (udp(7), UDP_SEGMENT). */
export function setSegmentBytes(fd: number, bytes: number): void {
  const value = new Uint8Array(new Int32Array([bytes]).buffer);
  checked("set UDP_SEGMENT", call.setsockopt(fd, SOL_UDP, UDP_SEGMENT, value, value.length));
}

/** The least room for datagrams that wait which the kernel gives. */
export function shrinkReceiveBuffer(fd: number): void {
  setOption(fd, SO_RCVBUF, new Uint8Array(new Int32Array([0]).buffer));
}

/** Connects; the address may be used again and again. */
export function connectSocket(fd: number, address: Uint8Array): void {
  checked("connect", call.connect(fd, address, address.length));
}

export function listenSocket(fd: number): void {
  checked("listen", call.listen(fd, 4_096));
}

/** A connection, which must be closed. Throws after ten seconds without one. */
export function acceptSocket(fd: number): number {
  return checked("accept", call.accept(fd, null, null));
}

export function closeSocket(fd: number): void {
  call.close(fd);
}

export function sendBytes(fd: number, bytes: Uint8Array): void {
  checked("send", call.send(fd, bytes, bytes.length, MSG_NOSIGNAL));
}

/** Bytes received; 0 at the end of a connection. Throws after ten seconds without any. */
export function receiveBytes(fd: number, into: Uint8Array): number {
  return checked("receive", call.recv(fd, into, into.length, 0));
}

/** struct sockaddr_in: family:16 | port:16 (network order) | address:32 | 8 bytes. */
export function socketAddress({ host, port }: Address): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET, true);
  view.setUint16(2, port, false);
  bytes.set(host.split(".").map(Number), 4);
  return bytes;
}

function setOption(fd: number, option: number, value: Uint8Array): void {
  checked(`set socket option ${option}`, call.setsockopt(fd, SOL_SOCKET, option, value, value.length));
}

function checked(operation: string, result: number): number {
  if (result < 0) throw new Error(`${operation}: ${call.strerror(koffi.errno())}`);
  return result;
}
