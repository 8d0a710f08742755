const LOAD_WORD = 0x20;
const JUMP_EQUAL = 0x15;
const RETURN = 0x06;
/** SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT (linux/filter.h): the tag that the kernel has taken out of the bytes. */
const VLAN_TAG_PRESENT = 0xfffff030;
const WHOLE_FRAME = 0xffffffff;
/** The two MAC addresses; no device hands up so short a frame by itself. */
const TAGGED_BYTES = 12;

/** Cuts a frame with a VLAN tag to its MAC addresses: the tag is not in the bytes that a packet socket reads. */
export const MACHINE_FILTER: readonly (readonly [number, number, number, number])[] = [
  [LOAD_WORD, 0, 0, VLAN_TAG_PRESENT],
  [JUMP_EQUAL, 0, 1, 0],
  [RETURN, 0, 0, WHOLE_FRAME],
  [RETURN, 0, 0, TAGGED_BYTES],
];

/** The frame as the forwarder must see it: one that the filter cut gets the EtherType of a VLAN tag (IEEE 802.1Q). */
export function withTag(frame: Uint8Array): Uint8Array {
  return frame.length === TAGGED_BYTES ? Uint8Array.of(...frame, 0x81, 0x00) : frame;
}
