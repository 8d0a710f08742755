import { type MacAddress, readMacAddress, writeMacAddress } from "@contrail/net";

/*
 * DHCP over BOOTP (RFC 2131 section 2):
 *
 *   op:8 htype:8 hlen:8 hops:8 | xid:32 | secs:16 flags:16 | ciaddr:32 | yiaddr:32 | siaddr:32 | giaddr:32
 *   chaddr: 16 octets | sname: 64 | file: 128 | magic cookie 99.130.83.99 | options
 */
const FIXED_BYTES = 240;
const COOKIE = 0x63825363;
/** A reply is at least this long: old clients drop shorter ones (RFC 1542 section 2.1). */
const MIN_REPLY_BYTES = 300;

export const DHCP_TYPE = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;

/** Options that are read or written (RFC 2132; 26 interface MTU, 121 classless routes of RFC 3442). */
export const DHCP_OPTION = {
  subnetMask: 1,
  router: 3,
  dnsServers: 6,
  hostName: 12,
  domainName: 15,
  interfaceMtu: 26,
  requestedAddress: 50,
  leaseTime: 51,
  messageType: 53,
  serverId: 54,
  renewalTime: 58,
  rebindingTime: 59,
  classlessRoutes: 121,
} as const;

/** What a client asks. */
export interface DhcpRequest {
  /** One of DHCP_TYPE; 0 for plain BOOTP. */
  readonly type: number;
  readonly transactionId: number;
  readonly flags: number;
  readonly clientAddress: number;
  readonly clientMac: MacAddress;
  readonly requestedAddress: number | undefined;
  readonly serverId: number | undefined;
}

/** Reads a client's message; undefined where it is none, or its options run over the end. */
export function readDhcpRequest(bytes: Uint8Array): DhcpRequest | undefined {
  if (bytes.length < FIXED_BYTES || bytes[0] !== 1 || bytes[1] !== 1 || bytes[2] !== 6) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(236) !== COOKIE) return undefined;
  const options = readOptions(bytes);
  if (options === undefined) return undefined;
  const address = (code: number): number | undefined => {
    const value = options.get(code);
    return value?.length === 4 ? new DataView(value.buffer, value.byteOffset).getUint32(0) : undefined;
  };
  return {
    type: options.get(DHCP_OPTION.messageType)?.[0] ?? 0,
    transactionId: view.getUint32(4),
    flags: view.getUint16(10),
    clientAddress: view.getUint32(12),
    clientMac: readMacAddress(bytes, 28),
    requestedAddress: address(DHCP_OPTION.requestedAddress),
    serverId: address(DHCP_OPTION.serverId),
  };
}

function readOptions(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> | undefined {
  const options = new Map<number, Uint8Array>();
  for (let offset = FIXED_BYTES; offset < bytes.length; ) {
    const code = bytes[offset];
    if (code === 255) return options;
    if (code === 0) {
      offset += 1;
      continue;
    }
    const length = bytes[offset + 1];
    if (code === undefined || length === undefined || offset + 2 + length > bytes.length) return undefined;
    options.set(code, bytes.subarray(offset + 2, offset + 2 + length));
    offset += 2 + length;
  }
  return options;
}

/** A server's answer. */
export interface DhcpReply {
  readonly type: number;
  readonly request: DhcpRequest;
  readonly yourAddress: number;
  readonly serverAddress: number;
  /** Options by code, in the order in which they are sent; the message type and server id go in front. */
  readonly options: readonly (readonly [code: number, value: Uint8Array])[];
}

/** The octets of an answer. */
export function writeDhcpReply(reply: DhcpReply): Uint8Array {
  const head: (readonly [number, Uint8Array])[] = [
    [DHCP_OPTION.messageType, Uint8Array.of(reply.type)],
    [DHCP_OPTION.serverId, octets32(reply.serverAddress)],
  ];
  const all = [...head, ...reply.options].flatMap(inParts);
  const length = all.reduce((sum, [, value]) => sum + 2 + value.length, FIXED_BYTES + 1);
  const bytes = new Uint8Array(Math.max(length, MIN_REPLY_BYTES));
  const view = new DataView(bytes.buffer);
  bytes.set([2, 1, 6, 0]);
  view.setUint32(4, reply.request.transactionId);
  view.setUint16(10, reply.request.flags);
  view.setUint32(12, reply.request.clientAddress);
  view.setUint32(16, reply.yourAddress);
  view.setUint32(20, reply.serverAddress);
  writeMacAddress(bytes, 28, reply.request.clientMac);
  view.setUint32(236, COOKIE);
  let offset = FIXED_BYTES;
  for (const [code, value] of all) {
    bytes.set([code, value.length], offset);
    bytes.set(value, offset + 2);
    offset += 2 + value.length;
  }
  bytes[offset] = 255;
  return bytes;
}

/** A value of more than 255 octets goes in several options of one code (RFC 3396 section 5); an empty one in none. */
function inParts([code, value]: readonly [number, Uint8Array]): (readonly [number, Uint8Array])[] {
  const parts: (readonly [number, Uint8Array])[] = [];
  for (let start = 0; start < value.length; start += 255) parts.push([code, value.subarray(start, start + 255)]);
  return parts;
}

/** Four octets in network order. */
export function octets32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
