import { MPLS_OVER_UDP_OLD_PORT, MPLS_OVER_UDP_PORT, PROTOCOL_UDP } from "@contrail/forwarding";

/** Classic BPF: load, jump, return (linux/bpf_common.h). */
const LOAD_WORD = 0x20;
const LOAD_HALF = 0x28;
const LOAD_BYTE = 0x30;
const LOAD_HALF_INDEXED = 0x48;
const LOAD_X_HEADER_LENGTH = 0xb1;
const JUMP_EQUAL = 0x15;
const JUMP_SET = 0x45;
const RETURN = 0x06;
const WHOLE_FRAME = 0xffffffff;
/** SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT (linux/filter.h). */
const VLAN_TAG_PRESENT = 0xfffff030;

/**
 * Takes UDP over IPv4 to the MPLSoUDP ports, unfragmented and without a VLAN tag, so that the rest of the host's traffic
 * is not copied to the engine. The forwarder checks all of it again but the tag, which is not in the bytes.
 */
export const UNDERLAY_FILTER: readonly (readonly [number, number, number, number])[] = [
  [LOAD_WORD, 0, 0, VLAN_TAG_PRESENT],
  [JUMP_EQUAL, 0, 11, 0],
  [LOAD_HALF, 0, 0, 12],
  [JUMP_EQUAL, 0, 9, 0x0800],
  [LOAD_BYTE, 0, 0, 23],
  [JUMP_EQUAL, 0, 7, PROTOCOL_UDP],
  [LOAD_HALF, 0, 0, 20],
  [JUMP_SET, 5, 0, 0x3fff],
  [LOAD_X_HEADER_LENGTH, 0, 0, 14],
  [LOAD_HALF_INDEXED, 0, 0, 16],
  [JUMP_EQUAL, 1, 0, MPLS_OVER_UDP_PORT],
  [JUMP_EQUAL, 0, 1, MPLS_OVER_UDP_OLD_PORT],
  [RETURN, 0, 0, WHOLE_FRAME],
  [RETURN, 0, 0, 0],
];
