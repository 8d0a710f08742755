import { readUint16, readUint24, readUint32, writeUint16, writeUint24, writeUint32 } from "../octets.ts";

/**
 * What a speaker can do (RFC 5492): | code (8) | length (8) | value |
 *
 *    1 multiprotocol (RFC 4760)        | AFI (16) | zero (8) | SAFI (8) |
 *    2 route refresh (RFC 2918)        empty
 *    6 extended message (RFC 8654)     empty
 *   64 graceful restart (RFC 4724)     | R, N (RFC 8538), 00 | seconds (12) | then AFI (16), SAFI (8), F (1) 0 (7) … |
 *   65 four-octet AS (RFC 6793)        | AS (32) |
 *   70 enhanced route refresh (RFC 7313) empty
 *   71 long-lived restart (RFC 9494)   | AFI (16), SAFI (8), F (1) 0 (7), seconds (24) … |
 */
export type Capability =
  | { readonly kind: "multiprotocol"; readonly afi: number; readonly safi: number }
  | { readonly kind: "route-refresh" }
  | { readonly kind: "extended-message" }
  | {
      readonly kind: "graceful-restart";
      readonly restarting: boolean;
      readonly notifications: boolean;
      /** 0 to 4095. */
      readonly restartTimeSeconds: number;
      readonly families: readonly { readonly afi: number; readonly safi: number; readonly preserved: boolean }[];
    }
  | { readonly kind: "four-octet-as"; readonly autonomousSystem: number }
  | { readonly kind: "enhanced-route-refresh" }
  | {
      readonly kind: "long-lived-graceful-restart";
      readonly families: readonly {
        readonly afi: number;
        readonly safi: number;
        readonly preserved: boolean;
        /** 0 to 16777215. */
        readonly staleTimeSeconds: number;
      }[];
    }
  | { readonly kind: "unknown"; readonly code: number; readonly value: Uint8Array };

/** Reads a list of capabilities from start to end; undefined where it is malformed, or one that we know is. */
export function decodeCapabilities(bytes: Uint8Array, start: number, end: number): Capability[] | undefined {
  const capabilities: Capability[] = [];
  let offset = start;
  while (offset < end) {
    if (end - offset < 2) return undefined;
    const code = bytes[offset] ?? 0;
    const valueEnd = offset + 2 + (bytes[offset + 1] ?? 0);
    if (valueEnd > end) return undefined;
    const capability = decodeCapability(code, bytes.slice(offset + 2, valueEnd));
    if (capability === undefined) return undefined;
    capabilities.push(capability);
    offset = valueEnd;
  }
  return capabilities;
}

function decodeCapability(code: number, value: Uint8Array): Capability | undefined {
  switch (code) {
    case 1:
      if (value.length !== 4) return undefined;
      return { kind: "multiprotocol", afi: readUint16(value, 0), safi: value[3] ?? 0 };
    case 2:
      return value.length === 0 ? { kind: "route-refresh" } : undefined;
    case 6:
      return value.length === 0 ? { kind: "extended-message" } : undefined;
    case 64:
      return decodeGracefulRestart(value);
    case 65:
      return value.length === 4 ? { kind: "four-octet-as", autonomousSystem: readUint32(value, 0) } : undefined;
    case 70:
      return value.length === 0 ? { kind: "enhanced-route-refresh" } : undefined;
    case 71:
      return decodeLongLived(value);
    default:
      return { kind: "unknown", code, value };
  }
}

function decodeGracefulRestart(value: Uint8Array): Capability | undefined {
  if (value.length < 2 || (value.length - 2) % 4 !== 0) return undefined;
  const head = readUint16(value, 0);
  const families = [];
  for (let offset = 2; offset < value.length; offset += 4) {
    const preserved = ((value[offset + 3] ?? 0) & 0x80) !== 0;
    families.push({ afi: readUint16(value, offset), safi: value[offset + 2] ?? 0, preserved });
  }
  const restarting = (head & 0x8000) !== 0;
  const notifications = (head & 0x4000) !== 0;
  return { kind: "graceful-restart", restarting, notifications, restartTimeSeconds: head & 0x0fff, families };
}

function decodeLongLived(value: Uint8Array): Capability | undefined {
  if (value.length % 7 !== 0) return undefined;
  const families = [];
  for (let offset = 0; offset < value.length; offset += 7) {
    families.push({
      afi: readUint16(value, offset),
      safi: value[offset + 2] ?? 0,
      preserved: ((value[offset + 3] ?? 0) & 0x80) !== 0,
      staleTimeSeconds: readUint24(value, offset + 4),
    });
  }
  return { kind: "long-lived-graceful-restart", families };
}

/** Code, length and value of one capability. */
export function encodeCapability(capability: Capability): Uint8Array {
  switch (capability.kind) {
    case "multiprotocol":
      return lay(1, 4, (bytes) => {
        writeUint16(bytes, 0, capability.afi);
        bytes[3] = capability.safi;
      });
    case "route-refresh":
      return lay(2, 0);
    case "extended-message":
      return lay(6, 0);
    case "graceful-restart":
      return lay(64, 2 + capability.families.length * 4, (bytes) => {
        const flags = (capability.restarting ? 0x8000 : 0) | (capability.notifications ? 0x4000 : 0);
        let offset = writeUint16(bytes, 0, flags | (capability.restartTimeSeconds & 0x0fff));
        for (const family of capability.families) offset = writeFamily(bytes, offset, family);
      });
    case "four-octet-as":
      return lay(65, 4, (bytes) => writeUint32(bytes, 0, capability.autonomousSystem));
    case "enhanced-route-refresh":
      return lay(70, 0);
    case "long-lived-graceful-restart":
      return lay(71, capability.families.length * 7, (bytes) => {
        let offset = 0;
        for (const family of capability.families) {
          offset = writeUint24(bytes, writeFamily(bytes, offset, family), family.staleTimeSeconds);
        }
      });
    case "unknown":
      return lay(capability.code, capability.value.length, (bytes) => bytes.set(capability.value));
  }
}

/** Code and length, and the value as `fill` writes it. */
function lay(code: number, lengthBytes: number, fill: (value: Uint8Array) => unknown = () => {}): Uint8Array {
  const bytes = new Uint8Array(2 + lengthBytes);
  bytes[0] = code;
  bytes[1] = lengthBytes;
  fill(bytes.subarray(2));
  return bytes;
}

function writeFamily(
  bytes: Uint8Array,
  offset: number,
  family: { readonly afi: number; readonly safi: number; readonly preserved: boolean },
): number {
  writeUint16(bytes, offset, family.afi);
  bytes[offset + 2] = family.safi;
  bytes[offset + 3] = family.preserved ? 0x80 : 0;
  return offset + 4;
}
