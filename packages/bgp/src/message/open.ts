import { concatBytes, readUint16, readUint32, writeUint16, writeUint32 } from "../octets.ts";
import type { Capability } from "./capability.ts";
import { decodeCapabilities, encodeCapability } from "./capability-list.ts";
import { frameMessage, OPEN } from "./header.ts";
import { type Notification, notification } from "./notification.ts";
import { OPEN_ERROR, OPEN_UNSUPPORTED_PARAMETER, OPEN_UNSUPPORTED_VERSION } from "./notification-codes.ts";

/**
 * OPEN (RFC 4271 section 4.2):
 *
 *   | version (8) | AS (16) | hold time, seconds (16) | BGP identifier (32) | length (8) | optional parameters |
 *
 * A parameter is | type (8) | length (8) | value |; type 2 holds capabilities. With length 255 and type 255 a 16-bit
 * length follows, and those of the parameters have 16 bits too (RFC 9072).
 */
export interface OpenMessage {
  readonly version: number;
  /** As it stands in the header: AS_TRANS where the true one, in the capability, takes four octets. */
  readonly autonomousSystem: number;
  readonly holdTimeSeconds: number;
  readonly identifier: number;
  readonly capabilities: readonly Capability[];
}

export type OpenVerdict =
  | { readonly kind: "open"; readonly open: OpenMessage }
  | { readonly kind: "error"; readonly notification: Notification };

const FIXED_BYTES = 10;
const CAPABILITIES = 2;
const EXTENDED = 255;
/** Longest parameters of the usual form. */
const MAX_SHORT_BYTES = 255;

/** Reads the body of an OPEN, which the framer has found to hold at least ten octets. */
export function decodeOpen(body: Uint8Array): OpenVerdict {
  const version = body[0] ?? 0;
  if (version !== 4)
    return { kind: "error", notification: notification(OPEN_ERROR, OPEN_UNSUPPORTED_VERSION, new Uint8Array([0, 4])) };
  const capabilities = decodeParameters(body);
  if (!Array.isArray(capabilities)) return { kind: "error", notification: capabilities };
  return {
    kind: "open",
    open: {
      version,
      autonomousSystem: readUint16(body, 1),
      holdTimeSeconds: readUint16(body, 3),
      identifier: readUint32(body, 5),
      capabilities,
    },
  };
}

function decodeParameters(body: Uint8Array): Capability[] | Notification {
  const malformed = notification(OPEN_ERROR, 0);
  // The type alone tells: the length beside it counts for nothing then (RFC 9072 section 2).
  const extended = body[9] !== 0 && body[FIXED_BYTES] === EXTENDED;
  const headBytes = extended ? 3 : 2;
  let offset = extended ? FIXED_BYTES + 3 : FIXED_BYTES;
  const end = offset + (extended ? readUint16(body, FIXED_BYTES + 1) : (body[9] ?? 0));
  if (end !== body.length) return malformed;
  const capabilities: Capability[] = [];
  while (offset < end) {
    if (end - offset < headBytes) return malformed;
    const type = body[offset] ?? 0;
    const valueEnd = offset + headBytes + (extended ? readUint16(body, offset + 1) : (body[offset + 1] ?? 0));
    if (valueEnd > end) return malformed;
    if (type !== CAPABILITIES) return notification(OPEN_ERROR, OPEN_UNSUPPORTED_PARAMETER);
    const more = decodeCapabilities(body, offset + headBytes, valueEnd);
    if (more === undefined) return malformed;
    capabilities.push(...more);
    offset = valueEnd;
  }
  return capabilities;
}

/**
 * The whole message; each capability in a parameter of its own, which every implementation reads. The extended form goes
 * only where the parameters take more than 255 octets: not every peer knows it (RFC 9072 section 2).
 */
export function encodeOpen(open: OpenMessage): Uint8Array {
  const capabilities = open.capabilities.map(encodeCapability);
  const short = encodeParameters(capabilities, 2);
  const extended = short.length > MAX_SHORT_BYTES;
  const parameters = extended ? encodeParameters(capabilities, 3) : short;
  const head = new Uint8Array(extended ? FIXED_BYTES + 3 : FIXED_BYTES);
  head[0] = open.version;
  writeUint16(head, 1, open.autonomousSystem);
  writeUint16(head, 3, open.holdTimeSeconds);
  writeUint32(head, 5, open.identifier);
  head[9] = extended ? EXTENDED : parameters.length;
  if (extended) {
    head[FIXED_BYTES] = EXTENDED;
    writeUint16(head, FIXED_BYTES + 1, parameters.length);
  }
  return frameMessage(OPEN, concatBytes([head, parameters]));
}

/** Capabilities, each behind a head of two octets, or of three with the extended form. */
function encodeParameters(capabilities: readonly Uint8Array[], headBytes: 2 | 3): Uint8Array {
  const headOf = ({ length }: Uint8Array) =>
    new Uint8Array(headBytes === 2 ? [CAPABILITIES, length] : [CAPABILITIES, length >>> 8, length]);
  return concatBytes(capabilities.flatMap((capability) => [headOf(capability), capability]));
}
