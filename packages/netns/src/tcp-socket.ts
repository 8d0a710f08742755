import { ContrailError } from "@contrail/errors";
import { inetSocketAddress } from "./inet-socket.ts";
import {
  AF_INET,
  bindSocket,
  closeDescriptor,
  connectSocket,
  ERRNO,
  hasPeer,
  isWritable,
  openSocket,
  SOCK_STREAM,
  setSocketOption,
  socketOption,
} from "./libc.ts";

const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IP = 0;
const IP_TOS = 1;
const IP_TTL = 2;
const IP_MINTTL = 21;
const IPPROTO_TCP = 6;
const TCP_MD5SIG = 14;
const TCP_SAVE_SYN = 27;
const TCP_SAVED_SYN = 28;
/** Headers of IPv4 and TCP with all their options. */
const MAX_HEADERS_BYTES = 120;
const TTL_OFFSET = 8;
/** struct tcp_md5sig: sockaddr_storage:128 octets | flags:8 | prefix:8 | key length:16 | ifindex:32 | key. */
const MD5SIG_BYTES = 216;
const MD5SIG_KEY_LENGTH = 130;
const MD5SIG_KEY = 136;
/** Octets of a key that the kernel takes (TCP_MD5SIG_MAXKEYLEN). */
export const MAX_MD5_KEY_BYTES = 80;
const MAX_TTL = 255;

/**
 * A TCP socket bound to an IPv4 address (a number) and port, 0 for any; it neither listens nor is connected. The
 * descriptor is the caller's. Throws SystemCallError.
 */
export function openTcpSocket(address: number, port: number): number {
  const fd = openSocket(AF_INET, SOCK_STREAM, 0);
  try {
    setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, int(1));
    bindSocket(fd, inetSocketAddress(address, port));
    return fd;
  } catch (reason) {
    closeDescriptor(fd);
    throw reason;
  }
}

/** Begins to connect; false where that has failed at once. Then ask tcpConnectionState until it is decided. */
export function beginConnect(fd: number, address: number, port: number): boolean {
  const errno = connectSocket(fd, inetSocketAddress(address, port));
  return errno === 0 || errno === ERRNO.EINPROGRESS;
}

/** What has become of beginConnect. */
export function tcpConnectionState(fd: number): "pending" | "connected" | "failed" {
  if (!isWritable(fd)) return "pending";
  return hasPeer(fd) ? "connected" : "failed";
}

/**
 * The key by which segments to and from an address are signed and checked (RFC 2385); undefined takes it away. On a
 * listener it holds for connections of that address from now on, on a connection at once; whoever has another key, or
 * none, is not heard. Throws "netns.bad_request" for a key that is empty or above 80 octets, SystemCallError where the
 * kernel cannot do it.
 */
export function setMd5Key(fd: number, peer: number, key: string | undefined): void {
  const octets = new TextEncoder().encode(key ?? "");
  if (key !== undefined && (octets.length === 0 || octets.length > MAX_MD5_KEY_BYTES))
    throw new ContrailError("netns.bad_request", `an MD5 key has 1 to ${MAX_MD5_KEY_BYTES} octets`);
  const option = new Uint8Array(MD5SIG_BYTES);
  option.set(inetSocketAddress(peer, 0));
  new DataView(option.buffer).setUint16(MD5SIG_KEY_LENGTH, octets.length, true);
  option.set(octets, MD5SIG_KEY);
  try {
    setSocketOption(fd, IPPROTO_TCP, TCP_MD5SIG, option);
  } catch (reason) {
    // To take away a key that is not there, or cannot be, is no fault.
    const { errno } = ContrailError.from(reason).fields;
    if (key !== undefined || (errno !== ERRNO.ENOENT && errno !== ERRNO.ENOPROTOOPT)) throw reason;
  }
}

/**
 * The generalized TTL security mechanism (RFC 5082): packets leave with 255, and are taken from at most so many hops
 * away, 1 for a neighbour on the same link. Undefined: any, and the host's default. Of a connection that was accepted,
 * what came before is not looked at: see hopsOfCaller. Throws SystemCallError.
 */
export function setTtlSecurity(fd: number, hops: number | undefined): void {
  setSocketOption(fd, IPPROTO_IP, IP_TTL, int(hops === undefined ? -1 : MAX_TTL));
  setSocketOption(fd, IPPROTO_IP, IP_MINTTL, int(hops === undefined ? 0 : MAX_TTL + 1 - hops));
}

/** Connections that come to a listener from now on remember how they began: see hopsOfCaller. Throws SystemCallError. */
export function rememberCallers(listener: number): void {
  setSocketOption(listener, IPPROTO_TCP, TCP_SAVE_SYN, int(1));
}

/**
 * From how far the first segment of an accepted connection can have come, in hops: 1 on the same link, where it was sent
 * with 255. Told once; undefined where the listener does not remember it. Throws SystemCallError.
 */
export function hopsOfCaller(fd: number): number | undefined {
  const ttl = socketOption(fd, IPPROTO_TCP, TCP_SAVED_SYN, MAX_HEADERS_BYTES)[TTL_OFFSET];
  return ttl === undefined ? undefined : MAX_TTL + 1 - ttl;
}

/** The differentiated services code point of what leaves (RFC 2474), 0 to 63. Throws SystemCallError. */
export function setDscp(fd: number, dscp: number): void {
  setSocketOption(fd, IPPROTO_IP, IP_TOS, int(dscp << 2));
}

function int(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}
