import { concatBytes, readUint16, readUint32, writeUint16, writeUint32 } from "../octets.ts";
import { type Capability, decodeCapabilities, encodeCapability } from "./capability.ts";
import { frameMessage, OPEN } from "./header.ts";
import { type Notification, notification, OPEN_ERROR } from "./notification.ts";

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

/** Reads the body of an OPEN, which the framer has found to hold at least ten octets. */
export function decodeOpen(body: Uint8Array): OpenVerdict {
  const version = body[0] ?? 0;
  if (version !== 4) return { kind: "error", notification: notification(OPEN_ERROR, 1, new Uint8Array([0, 4])) };
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
  const extended = body[9] === EXTENDED && body[FIXED_BYTES] === EXTENDED;
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
    if (type !== CAPABILITIES) return notification(OPEN_ERROR, 4);
    const more = decodeCapabilities(body, offset + headBytes, valueEnd);
    if (more === undefined) return malformed;
    capabilities.push(...more);
    offset = valueEnd;
  }
  return capabilities;
}

/** The whole message; each capability in a parameter of its own, which every implementation reads. */
export function encodeOpen(open: OpenMessage): Uint8Array {
  const parameters = concatBytes(open.capabilities.map((capability) => encodeParameter(encodeCapability(capability))));
  if (parameters.length > EXTENDED) throw new RangeError(`capabilities take ${parameters.length} octets of 255`);
  const body = new Uint8Array(FIXED_BYTES + parameters.length);
  body[0] = open.version;
  writeUint16(body, 1, open.autonomousSystem);
  writeUint16(body, 3, open.holdTimeSeconds);
  writeUint32(body, 5, open.identifier);
  body[9] = parameters.length;
  body.set(parameters, FIXED_BYTES);
  return frameMessage(OPEN, body);
}

function encodeParameter(capability: Uint8Array): Uint8Array {
  return concatBytes([new Uint8Array([CAPABILITIES, capability.length]), capability]);
}
