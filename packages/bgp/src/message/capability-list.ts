import type { Capability } from "./capability.ts";
import { capabilityCodec, codecOfKind } from "./capability-codecs.ts";

/** Reads a list of capabilities from start to end; undefined where it is malformed, or one that we know is. */
export function decodeCapabilities(bytes: Uint8Array, start: number, end: number): Capability[] | undefined {
  const capabilities: Capability[] = [];
  let offset = start;
  while (offset < end) {
    if (end - offset < 2) return undefined;
    const code = bytes[offset] ?? 0;
    const valueEnd = offset + 2 + (bytes[offset + 1] ?? 0);
    if (valueEnd > end) return undefined;
    const value = bytes.slice(offset + 2, valueEnd);
    const codec = capabilityCodec(code);
    const capability = codec === undefined ? ({ kind: "unknown", code, value } as const) : codec.decode(value);
    if (capability === undefined) return undefined;
    capabilities.push(capability);
    offset = valueEnd;
  }
  return capabilities;
}

/** Code, length and value of one capability. */
export function encodeCapability(capability: Capability): Uint8Array {
  const isUnknown = capability.kind === "unknown";
  const code = isUnknown ? capability.code : codecOfKind(capability.kind).code;
  const value = isUnknown ? capability.value : codecOfKind(capability.kind).encode(capability);
  const bytes = new Uint8Array(2 + value.length);
  bytes[0] = code;
  bytes[1] = value.length;
  bytes.set(value, 2);
  return bytes;
}
