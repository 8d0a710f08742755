/** Fields of ControlMessage, RouteUpdate: proto/opencontrail/control/v1/agent_service.proto. */
const SEQUENCE = 1;
const ROUTE_UPDATE = 6;
const END_OF_RIB = 7;
const REACH = 2;
const UNREACH = 3;

const [VARINT, FIXED64, LENGTH_DELIMITED, FIXED32] = [0, 1, 2, 5];

/** What an agent's session has brought. */
export interface AgentCounts {
  /** Routes that there are, and routes that there are no more; each time that it was told of one. */
  reach: number;
  unreach: number;
  endsOfRib: number;
  /** Of the newest message with state. */
  sequence: number;
}

/** Adds a message of a control node; walks over lengths, and decodes no route. */
export function countMessage(bytes: Uint8Array, counts: AgentCounts): void {
  walk(bytes, 0, bytes.length, (field, from, to) => {
    if (field === SEQUENCE) counts.sequence = varint(bytes, from).value;
    else if (field === END_OF_RIB) counts.endsOfRib++;
    else if (field === ROUTE_UPDATE) {
      walk(bytes, from, to, (part) => {
        if (part === REACH) counts.reach++;
        else if (part === UNREACH) counts.unreach++;
      });
    }
  });
}

/** Calls back for each field of a protobuf message with its number, and where its value begins and ends. */
function walk(bytes: Uint8Array, from: number, to: number, found: (field: number, from: number, to: number) => void) {
  for (let at = from; at < to; ) {
    const key = varint(bytes, at);
    let [start, end] = [key.next, key.next];
    const kind = key.value & 7;
    if (kind === VARINT) end = varint(bytes, start).next;
    else if (kind === FIXED64) end += 8;
    else if (kind === FIXED32) end += 4;
    else if (kind === LENGTH_DELIMITED) {
      const length = varint(bytes, start);
      start = length.next;
      end = start + length.value;
    } else throw new Error(`wire type ${kind}`);
    found(key.value >>> 3, start, end);
    at = end;
  }
}

/** A varint below 2^53, and where what follows it begins. */
function varint(bytes: Uint8Array, from: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let [at, unit] = [from, 1]; ; at++, unit *= 128) {
    const octet = bytes[at] ?? 0;
    value += (octet & 0x7f) * unit;
    if (octet < 0x80) return { value, next: at + 1 };
  }
}
