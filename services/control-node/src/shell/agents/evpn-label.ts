import { fieldOfLabel, labelOfField, TUNNEL_NVGRE, TUNNEL_VXLAN, TUNNEL_VXLAN_GPE } from "@contrail/bgp";

/** Labels below are reserved (RFC 3032 section 2.1); a label has 20 bits. */
export const FIRST_LABEL = 16;
export const LAST_LABEL = 0xfffff;
const LAST_VNI = 0xffffff;

/*
 * What the label field of an EVPN route holds is told by its encapsulations: a virtual network identifier of 24 bits with
 * those below, an MPLS label with all others, and without any (RFC 8365 section 5.1.3).
 */
const VNI_TUNNELS = [TUNNEL_VXLAN, TUNNEL_NVGRE, TUNNEL_VXLAN_GPE];

/** The field of an agent's label or VNI; otherwise why it can have none. */
export function labelFieldOf(label: number, encapsulations: readonly number[]): number | string {
  const vnis = encapsulations.filter((each) => VNI_TUNNELS.includes(each)).length;
  if (vnis === 0) return label < FIRST_LABEL || label > LAST_LABEL ? `label ${label}` : fieldOfLabel(label);
  if (vnis < encapsulations.length) return "encapsulations with a VNI and others: its label is of one kind";
  return label < 1 || label > LAST_VNI ? `VNI ${label}` : label;
}

/** The label or VNI in a field, as an agent is told of it. */
export function labelInField(field: number, encapsulations: readonly number[]): number {
  return encapsulations.some((each) => VNI_TUNNELS.includes(each)) ? field : labelOfField(field);
}
