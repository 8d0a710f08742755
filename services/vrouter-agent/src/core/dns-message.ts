/*
 * DNS (RFC 1035 section 4.1). Of what machines send, header and one question are read; of what servers answer, they are
 * compared. Nothing else of a message is looked into: the agent passes answers on as they are and keeps none.
 *
 *   id:16 | QR:1 opcode:4 AA:1 TC:1 RD:1 RA:1 Z:3 RCODE:4 | questions:16 answers:16 authorities:16 additional:16
 *   name | type:16 class:16          name: length:8 label … 0
 *   OPT (RFC 6891): 0 | 41:16 | UDP size:16 | extended RCODE:8 version:8 flags:16 | length:16 | options
 */
const HEADER_BYTES = 12;
const OPT_BYTES = 11;
const QR = 0x8000;
const TC = 0x0200;
const RD = 0x0100;
const RA = 0x0080;
const AA = 0x0400;
const CHECKING_DISABLED = 0x0010;
const OPT = 41;
/** A pointer to the name of the question. */
const QUESTION_NAME = 0xc000 + HEADER_BYTES;

/** Bytes of an answer by UDP where the question does not allow more (RFC 1035 section 4.2.1). */
export const PLAIN_UDP_BYTES = 512;
/** And at most, so that it goes in one packet everywhere (DNS flag day 2020). */
export const MAX_UDP_BYTES = 1_232;

export const DNS_TYPE = { a: 1, ptr: 12, aaaa: 28, any: 255 } as const;
export const DNS_CODE = {
  ok: 0,
  formatError: 1,
  serverFailure: 2,
  noSuchName: 3,
  notImplemented: 4,
  refused: 5,
} as const;

/** A machine's question. */
export interface DnsQuery {
  readonly id: number;
  /** The flags word as it came. */
  readonly flags: number;
  /** In small letters, without a dot at the end; "" is the root. A label with a dot or an odd octet has it as "\ddd". */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** Name, type and class as they came. */
  readonly question: Uint8Array;
  /** Bytes that an answer by UDP may have. */
  readonly udpBytes: number;
  /** True where the query has an OPT record: an answer has one too. */
  readonly extended: boolean;
}

/** A record of an answer about the question's name. */
export interface DnsRecord {
  readonly type: number;
  readonly data: Uint8Array;
}

/** A query with one question; a code where the sender is told that it is none; undefined: it deserves no answer. */
export function readQuery(bytes: Uint8Array): DnsQuery | { readonly code: number; readonly id: number } | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [id, flags] = [view.getUint16(0), view.getUint16(2)];
  if ((flags & QR) !== 0) return undefined;
  if (((flags >> 11) & 15) !== 0) return { id, code: DNS_CODE.notImplemented };
  const end = questionEnd(bytes);
  const counts = [view.getUint16(6), view.getUint16(8)];
  if (end === undefined || counts.some((count) => count !== 0)) return { id, code: DNS_CODE.formatError };
  const udpSize = optionSize(bytes, view, end);
  return {
    id,
    flags,
    name: nameText(bytes.subarray(HEADER_BYTES, end - 4)),
    type: view.getUint16(end - 4),
    class: view.getUint16(end - 2),
    question: Uint8Array.from(bytes.subarray(HEADER_BYTES, end)),
    udpBytes: Math.min(Math.max(udpSize ?? PLAIN_UDP_BYTES, PLAIN_UDP_BYTES), MAX_UDP_BYTES),
    extended: udpSize !== undefined,
  };
}

/** An answer of our own, with authority, to a query. */
export function writeAnswer(
  query: DnsQuery,
  code: number,
  records: readonly DnsRecord[],
  ttlSeconds: number,
): Uint8Array {
  const dataBytes = records.reduce((sum, { data }) => sum + 12 + data.length, 0);
  const own = HEADER_BYTES + query.question.length + dataBytes;
  const bytes = new Uint8Array(own + (query.extended ? OPT_BYTES : 0));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, query.id);
  view.setUint16(2, QR | AA | RA | (query.flags & (RD | CHECKING_DISABLED)) | code);
  view.setUint16(4, 1);
  view.setUint16(6, records.length);
  bytes.set(query.question, HEADER_BYTES);
  let at = HEADER_BYTES + query.question.length;
  for (const { type, data } of records) {
    view.setUint16(at, QUESTION_NAME);
    view.setUint16(at + 2, type);
    view.setUint16(at + 4, 1);
    view.setUint32(at + 6, ttlSeconds);
    view.setUint16(at + 10, data.length);
    bytes.set(data, at + 12);
    at += 12 + data.length;
  }
  if (!query.extended) return bytes;
  view.setUint16(10, 1);
  view.setUint16(own + 1, OPT);
  view.setUint16(own + 3, MAX_UDP_BYTES);
  return bytes;
}

/** An answer with nothing but a code and the id, for what could not be read. */
export function writeError(id: number, code: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  new DataView(bytes.buffer).setUint16(0, id);
  new DataView(bytes.buffer).setUint16(2, QR | code);
  return bytes;
}

/** The query as it goes to a server of the outside: what came after the question is not passed on, but for its size. */
export function writeQuery(query: DnsQuery, id: number): Uint8Array {
  const end = HEADER_BYTES + query.question.length;
  const bytes = new Uint8Array(end + OPT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, id);
  view.setUint16(2, query.flags & (RD | CHECKING_DISABLED));
  view.setUint16(4, 1);
  bytes.set(query.question, HEADER_BYTES);
  if (!query.extended) return bytes.subarray(0, end);
  view.setUint16(10, 1);
  view.setUint16(end + 1, OPT);
  view.setUint16(end + 3, MAX_UDP_BYTES);
  return bytes;
}

/** True where octets are a server's answer to the query that went out with the id. */
export function answers(bytes: Uint8Array, query: DnsQuery, id: number): boolean {
  if (bytes.length < HEADER_BYTES + query.question.length) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== id || (view.getUint16(2) & QR) === 0 || view.getUint16(4) !== 1) return false;
  return query.question.every((octet, index) => bytes[HEADER_BYTES + index] === octet);
}

/** A server's answer with the machine's id. By UDP one that is too long becomes one that says so (TC). */
export function passOn(bytes: Uint8Array, query: DnsQuery, maxBytes: number): Uint8Array {
  const end = HEADER_BYTES + query.question.length;
  // A copy, also of a Buffer, whose slice() is none.
  const passed = Uint8Array.from(bytes.length <= maxBytes ? bytes : bytes.subarray(0, end));
  const view = new DataView(passed.buffer);
  view.setUint16(0, query.id);
  if (passed.length === bytes.length) return passed;
  view.setUint16(2, view.getUint16(2) | TC);
  for (const count of [6, 8, 10]) view.setUint16(count, 0);
  return passed;
}

/** A name as a server writes it: labels with their lengths (RFC 1035 section 3.1). */
export function writeName(name: string): Uint8Array {
  const octets = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label, "latin1")]);
  return Uint8Array.of(...octets, 0);
}

/** Where the one question ends; undefined where there is not exactly one whole, uncompressed question. */
function questionEnd(bytes: Uint8Array): number | undefined {
  if (bytes[4] !== 0 || bytes[5] !== 1) return undefined;
  let at = HEADER_BYTES;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > 63 || at - HEADER_BYTES + length > 254) return undefined;
    at += 1 + length;
    if (length === 0) return at + 4 <= bytes.length ? at + 4 : undefined;
  }
}

/** The UDP size of an OPT record right behind the question; undefined: there is none. */
function optionSize(bytes: Uint8Array, view: DataView, end: number): number | undefined {
  if (view.getUint16(10) === 0 || end + OPT_BYTES > bytes.length) return undefined;
  return bytes[end] === 0 && view.getUint16(end + 1) === OPT ? view.getUint16(end + 3) : undefined;
}

function nameText(bytes: Uint8Array): string {
  const labels: string[] = [];
  for (let at = 0; (bytes[at] ?? 0) !== 0; at += 1 + (bytes[at] ?? 0)) {
    const label = bytes.subarray(at + 1, at + 1 + (bytes[at] ?? 0));
    labels.push([...label].map(octetText).join(""));
  }
  return labels.join(".").toLowerCase();
}

function octetText(octet: number): string {
  const letter = String.fromCharCode(octet);
  return /^[\w-]$/.test(letter) ? letter : `\\${String(octet).padStart(3, "0")}`;
}
