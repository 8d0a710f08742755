import { readUint24, writeUint24 } from "../octets.ts";
import type { AttributeCodec } from "./attribute-codec.ts";
import * as attributeType from "./attribute-type.ts";

/** Tunnel types of PMSI_TUNNEL that carry EVPN's broadcast and multicast (RFC 6514 section 5, RFC 9574 section 4). */
export const PMSI_NO_TUNNEL = 0;
export const PMSI_INGRESS_REPLICATION = 6;
export const PMSI_ASSISTED_REPLICATION = 10;

/*
 * Flags of PMSI_TUNNEL in routes of EVPN type 3:
 *
 *   | edge replication (1) | 0 0 | assisted replication (2) | 0 0 | leaf information (1) |
 */
/** What a router does with what goes to all (RFC 9574 section 4): these two bits, of which none: nothing for others. */
export const PMSI_ASSISTED_REPLICATION_ROLE = 0x18;
export const PMSI_AR_REPLICATOR = 0x08;
export const PMSI_AR_LEAF = 0x10;
/** OpenContrail's own: the host is on the tree of copies between hosts. */
export const PMSI_EDGE_REPLICATION = 0x80;

/** Octets that the identifier of a known tunnel type may have (RFC 6514 section 5); of the others any number. */
const IDENTIFIER_BYTES: ReadonlyMap<number, readonly number[]> = new Map([
  [PMSI_NO_TUNNEL, [0]],
  // RSVP-TE point to multipoint.
  [1, [12, 24]],
  // PIM, source-specific, sparse and bidirectional: sender and group.
  [3, [8, 32]],
  [4, [8, 32]],
  [5, [8, 32]],
  [PMSI_INGRESS_REPLICATION, [4, 16]],
]);

/**
 * PMSI_TUNNEL (RFC 6514 section 5): | flags (8) | tunnel type (8) | label (24) | identifier |. A tunnel type that is not
 * known is passed on: to a reflector it is not broken, and a receiver that cannot use it does not.
 */
export const PMSI_TUNNEL: AttributeCodec = {
  type: attributeType.PMSI_TUNNEL,
  flags: attributeType.OPTIONAL_TRANSITIVE,
  decode(bytes, start, end, draft) {
    if (end - start < 5) return "withdraw";
    const tunnelType = bytes[start + 1] ?? 0;
    if (IDENTIFIER_BYTES.get(tunnelType)?.includes(end - start - 5) === false) return "withdraw";
    draft.pmsiTunnel = {
      flags: bytes[start] ?? 0,
      tunnelType,
      label: readUint24(bytes, start + 2),
      identifier: bytes.slice(start + 5, end),
    };
    return undefined;
  },
  encode({ pmsiTunnel }) {
    if (pmsiTunnel === undefined) return undefined;
    const { flags, tunnelType, label, identifier } = pmsiTunnel;
    const bytes = new Uint8Array(5 + identifier.length);
    bytes[0] = flags;
    bytes[1] = tunnelType;
    writeUint24(bytes, 2, label);
    bytes.set(identifier, 5);
    return bytes;
  },
};
