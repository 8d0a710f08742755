/** VLANs that nobody is likely to have yet: outside the range of DevCloud's zone, carried by nothing. */
const VLANS = { from: 1_000, count: 3_000 } as const;

/** A VLAN for a network, as the offering wants one. */
export function anyVlan(): string {
  return String(VLANS.from + Math.floor(Math.random() * VLANS.count));
}
