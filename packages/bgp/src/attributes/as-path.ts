import { readUint16, readUint32, writeUint16, writeUint32 } from "../octets.ts";
import { AS_TRANS } from "./attribute-type.ts";
import type { AsPathSegment } from "./path-attributes.ts";

/*
 * AS_PATH (RFC 4271 section 4.3): segments of
 *   | type (8): 1 set, 2 sequence | count (8) | count AS numbers of two or four octets |
 */
const SET = 1;
const SEQUENCE = 2;
const MAX_SEGMENT = 255;

/**
 * Reads the segments of an AS_PATH or AS4_PATH; undefined where it is malformed (RFC 7606 section 7.2): a segment that is
 * empty, of another type (confederations among them: we are in none), or longer than the attribute, or AS 0 (RFC 7607).
 */
export function decodeAsPath(
  bytes: Uint8Array,
  start: number,
  end: number,
  asBytes: 2 | 4,
): AsPathSegment[] | undefined {
  const segments: AsPathSegment[] = [];
  let offset = start;
  while (offset < end) {
    if (end - offset < 2) return undefined;
    const type = bytes[offset] ?? 0;
    const count = bytes[offset + 1] ?? 0;
    offset += 2;
    if ((type !== SET && type !== SEQUENCE) || count === 0 || offset + count * asBytes > end) return undefined;
    const autonomousSystems: number[] = [];
    for (let index = 0; index < count; index++, offset += asBytes) {
      const autonomousSystem = asBytes === 4 ? readUint32(bytes, offset) : readUint16(bytes, offset);
      if (autonomousSystem === 0) return undefined;
      autonomousSystems.push(autonomousSystem);
    }
    segments.push({ kind: type === SET ? "set" : "sequence", autonomousSystems });
  }
  return segments;
}

/** The value of an AS_PATH; numbers that do not fit into two octets become AS_TRANS. */
export function encodeAsPath(segments: readonly AsPathSegment[], asBytes: 2 | 4): Uint8Array {
  let lengthBytes = 0;
  for (const segment of segments) lengthBytes += 2 + segment.autonomousSystems.length * asBytes;
  const bytes = new Uint8Array(lengthBytes);
  let offset = 0;
  for (const segment of segments) {
    bytes[offset++] = segment.kind === "set" ? SET : SEQUENCE;
    bytes[offset++] = segment.autonomousSystems.length;
    for (const autonomousSystem of segment.autonomousSystems) {
      offset =
        asBytes === 4
          ? writeUint32(bytes, offset, autonomousSystem)
          : writeUint16(bytes, offset, autonomousSystem > 0xffff ? AS_TRANS : autonomousSystem);
    }
  }
  return bytes;
}

/** Hops for path selection: a set counts as one (RFC 4271 section 9.1.2.2 a). */
export function asPathLength(segments: readonly AsPathSegment[]): number {
  let length = 0;
  for (const segment of segments) length += segment.kind === "set" ? 1 : segment.autonomousSystems.length;
  return length;
}

/** True where the AS stands anywhere in the path: a loop, for the AS's own routers (RFC 4271 section 9). */
export function asPathContains(segments: readonly AsPathSegment[], autonomousSystem: number): boolean {
  return segments.some((segment) => segment.autonomousSystems.includes(autonomousSystem));
}

/** The AS that the path was learnt from; undefined for a path that starts in a set or inside our own AS. */
export function neighbourAs(segments: readonly AsPathSegment[]): number | undefined {
  const first = segments[0];
  return first?.kind === "sequence" ? first.autonomousSystems[0] : undefined;
}

/** The path with an AS in front, as sent to an external peer (RFC 4271 section 5.1.2). */
export function prependAs(segments: readonly AsPathSegment[], autonomousSystem: number): AsPathSegment[] {
  const [first, ...rest] = segments;
  if (first?.kind === "sequence" && first.autonomousSystems.length < MAX_SEGMENT) {
    return [{ kind: "sequence", autonomousSystems: [autonomousSystem, ...first.autonomousSystems] }, ...rest];
  }
  return [{ kind: "sequence", autonomousSystems: [autonomousSystem] }, ...segments];
}

/** True where the path has a number that takes four octets. */
export function needsFourOctets(segments: readonly AsPathSegment[]): boolean {
  return segments.some((segment) => segment.autonomousSystems.some((autonomousSystem) => autonomousSystem > 0xffff));
}

/**
 * The true path from an AS_PATH of two-octet numbers and the AS4_PATH beside it (RFC 6793 section 4.2.3): the AS4_PATH
 * with as many leading hops of the AS_PATH in front as it lacks. A longer AS4_PATH is not believed.
 */
export function mergeAs4Path(asPath: readonly AsPathSegment[], as4Path: readonly AsPathSegment[]): AsPathSegment[] {
  let lacking = asPathLength(asPath) - asPathLength(as4Path);
  if (lacking < 0) return [...asPath];
  const merged: AsPathSegment[] = [];
  for (const segment of asPath) {
    if (lacking === 0) break;
    if (segment.kind === "set") {
      merged.push(segment);
      lacking--;
    } else {
      const autonomousSystems = segment.autonomousSystems.slice(0, lacking);
      merged.push({ kind: "sequence", autonomousSystems });
      lacking -= autonomousSystems.length;
    }
  }
  return joinSequences([...merged, ...as4Path]);
}

/** Sequences that follow one another as one, as far as a segment holds them. */
function joinSequences(segments: readonly AsPathSegment[]): AsPathSegment[] {
  const joined: AsPathSegment[] = [];
  let open: number[] = [];
  const close = () => {
    if (open.length > 0) joined.push({ kind: "sequence", autonomousSystems: open });
    open = [];
  };
  for (const segment of segments) {
    if (segment.kind === "set" || open.length + segment.autonomousSystems.length > MAX_SEGMENT) close();
    if (segment.kind === "set") joined.push(segment);
    else open.push(...segment.autonomousSystems);
  }
  close();
  return joined;
}
