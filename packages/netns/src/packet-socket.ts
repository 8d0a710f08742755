import {
  AF_PACKET,
  addressOf,
  bindSocket,
  closeDescriptor,
  ERRNO,
  interfaceIndex,
  openSocket,
  receive,
  SOCK_RAW,
  setSocketOption,
  transmit,
  watchReadable,
} from "./libc.ts";

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SO_RCVBUFFORCE = 33;
const SO_RCVBUF = 8;
const SOL_PACKET = 263;
const PACKET_IGNORE_OUTGOING = 23;
const ETH_P_ALL = 0x0003;
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;
/** Longest frame that a device hands up: a large receive of 64 KiB with its headers. */
const MAX_FRAME_BYTES = 65_536 + 64;

/** One instruction of a classic BPF program: code, jump if true, jump if false, operand. */
export type FilterInstruction = readonly [code: number, jt: number, jf: number, k: number];

/** What became of a receive. */
export type Received =
  | { readonly kind: "frame"; readonly frame: Uint8Array }
  | { readonly kind: "empty" }
  /** The device went down or away; the socket is of no use until it is back. */
  | { readonly kind: "gone" };

/** All frames of one device, both ways, past the host's own stack (packet(7)). */
export interface PacketSocket {
  readonly device: string;
  readonly interfaceIndex: number;
  /** The next frame that the device received; the bytes are good until the next call. */
  receive(): Received;
  /** 0, or an error number (ERRNO). */
  send(frame: Uint8Array): number;
  /** Calls back in the event loop while frames wait; once with gone = true when the socket is of no use any more. */
  onReadable(callback: (gone: boolean) => void): void;
  /** Idempotent. */
  close(): void;
}

/** Opens a device of the caller's namespace; undefined where there is none. Throws SystemCallError. */
export function openPacketSocket(device: string, filter: readonly FilterInstruction[] = []): PacketSocket | undefined {
  const index = interfaceIndex(device);
  if (index === undefined) return undefined;
  const fd = openSocket(AF_PACKET, SOCK_RAW, 0);
  try {
    setSocketOption(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, int32(1));
    enlargeBuffer(fd);
    if (filter.length > 0) attachFilter(fd, filter);
    bindSocket(fd, linkAddress(index));
  } catch (reason) {
    closeDescriptor(fd);
    if (interfaceIndex(device) !== index) return undefined;
    throw reason;
  }
  return socketOver(fd, device, index);
}

function socketOver(fd: number, device: string, index: number): PacketSocket {
  const buffer = new Uint8Array(MAX_FRAME_BYTES);
  let stop: (() => void) | undefined;
  let closed = false;
  return {
    device,
    interfaceIndex: index,
    receive: () => {
      if (closed) return { kind: "gone" };
      const length = receive(fd, buffer);
      if (length >= 0) return { kind: "frame", frame: buffer.subarray(0, length) };
      return { kind: length === -ERRNO.EAGAIN || length === -ERRNO.EINTR ? "empty" : "gone" };
    },
    send: (frame) => (closed ? ERRNO.ENODEV : transmit(fd, frame)),
    onReadable: (callback) => {
      stop?.();
      stop = watchReadable(fd, callback);
    },
    close: () => {
      if (closed) return;
      closed = true;
      stop?.();
      closeDescriptor(fd);
    },
  };
}

/** struct sockaddr_ll: family:16 | protocol:16 (network order) | index:32 | hardware type:16 | type:8 | length:8 | 8 bytes. */
function linkAddress(index: number): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, ETH_P_ALL, false);
  view.setInt32(4, index, true);
  return bytes;
}

/** Without the privilege for the forced form the kernel's own bound applies. */
function enlargeBuffer(fd: number): void {
  for (const option of [SO_RCVBUF, SO_RCVBUFFORCE]) {
    try {
      setSocketOption(fd, SOL_SOCKET, option, int32(RECEIVE_BUFFER_BYTES));
    } catch {
      // The smaller buffer stays; the next option may still work.
    }
  }
}

/** struct sock_fprog: length:16, padding, address of struct sock_filter {code:16, jt:8, jf:8, k:32}. */
function attachFilter(fd: number, filter: readonly FilterInstruction[]): void {
  const program = new Uint8Array(filter.length * 8);
  const view = new DataView(program.buffer);
  for (const [index, [code, jt, jf, k]] of filter.entries()) {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, jt);
    view.setUint8(index * 8 + 3, jf);
    view.setUint32(index * 8 + 4, k, true);
  }
  const head = new Uint8Array(16);
  const headView = new DataView(head.buffer);
  headView.setUint16(0, filter.length, true);
  headView.setBigUint64(8, addressOf(program), true);
  setSocketOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, head);
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}
