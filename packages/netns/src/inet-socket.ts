import {
  AF_INET,
  bindSocket,
  closeDescriptor,
  openSocket,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  setSocketOption,
  transmit,
} from "./libc.ts";

const IPPROTO_RAW = 255;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_REUSEADDR = 2;
const SO_BINDTODEVICE = 25;
const DESTINATION_OFFSET = 16;

/** Sends whole IPv4 packets by the host's routing table and neighbours (raw(7), IP_HDRINCL). */
export interface RawInetSocket {
  /** 0, or an error number (ERRNO). The kernel fills header checksum and a zero identification. */
  send(packet: Uint8Array): number;
  close(): void;
}

/** Throws SystemCallError. */
export function openRawInetSocket(): RawInetSocket {
  const fd = openSocket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  let closed = false;
  const address = inetSocketAddress(0, 0);
  return {
    send: (packet) => {
      address.set(packet.subarray(DESTINATION_OFFSET, DESTINATION_OFFSET + 4), 4);
      return transmit(fd, packet, address);
    },
    close: () => {
      if (!closed) closeDescriptor(fd);
      closed = true;
    },
  };
}

/**
 * Holds a UDP port so that the kernel answers no ICMP port unreachable for packets that are read elsewhere; what arrives
 * here fills a small buffer and is thrown away by the kernel. Returns how to let go. Throws SystemCallError.
 */
export function holdUdpPort(port: number): () => void {
  const fd = openSocket(AF_INET, SOCK_DGRAM, 0);
  const one = Uint8Array.from([1, 0, 0, 0]);
  try {
    setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, one);
    setSocketOption(fd, SOL_SOCKET, SO_RCVBUF, one);
    bindSocket(fd, inetSocketAddress(0, port));
  } catch (reason) {
    closeDescriptor(fd);
    throw reason;
  }
  return () => closeDescriptor(fd);
}

/**
 * A socket bound to an address and port, that takes packets of one device only (SO_BINDTODEVICE): what comes to the
 * address by another one is none of its business. Gives the descriptor, which is the caller's. Throws SystemCallError.
 */
export function bindToDevice(kind: "tcp" | "udp", address: number, port: number, device: string): number {
  const fd = openSocket(AF_INET, kind === "tcp" ? SOCK_STREAM : SOCK_DGRAM, 0);
  try {
    if (kind === "tcp") setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, Uint8Array.from([1, 0, 0, 0]));
    setSocketOption(fd, SOL_SOCKET, SO_BINDTODEVICE, new TextEncoder().encode(`${device}\0`));
    bindSocket(fd, inetSocketAddress(address, port));
    return fd;
  } catch (reason) {
    closeDescriptor(fd);
    throw reason;
  }
}

/** struct sockaddr_in: family:16 | port:16 | address:32 (network order) | 8 bytes. */
export function inetSocketAddress(address: number, port: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET, true);
  view.setUint16(2, port, false);
  view.setUint32(4, address, false);
  return bytes;
}
