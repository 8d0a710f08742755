import { formatMacAddress } from "@contrail/net";
import {
  formatAsAndId,
  LOCAL_SEQUENCE,
  localSequenceOf,
  ORIGIN_NETWORK,
  SECURITY_GROUP,
  SUB_CLUSTER,
  TAG,
} from "./contrail-communities.ts";
import {
  E_TREE,
  ES_IMPORT,
  ESI_LABEL,
  esImportOf,
  esiLabelOf,
  eTreeOf,
  MOBILITY,
  MULTICAST_FLAGS,
  mobilityOf,
  multicastFlagsOf,
  ROUTERS_MAC,
  routersMacOf,
} from "./evpn-communities.ts";
import { type ExtendedCommunity, extendedCommunityKind, lowOf } from "./extended-community.ts";
import { DEFAULT_GATEWAY, ENCAPSULATION, LOAD_BALANCE } from "./opaque-communities.ts";
import { formatAdministered, formatRouteTarget } from "./route-target.ts";

const TUNNELS: Readonly<Record<number, string>> = {
  2: "gre",
  8: "vxlan",
  9: "nvgre",
  10: "mpls",
  11: "mpls-gre",
  12: "vxlan-gpe",
  13: "mpls-udp",
};

/** The text of a community by its kind; route targets apart, which come in three kinds. */
const FORMATS: ReadonlyMap<number, (community: ExtendedCommunity) => string> = new Map<
  number,
  (community: ExtendedCommunity) => string
>([
  [0x0003, (each) => `soo:${formatAdministered(each)}`],
  [0x0103, (each) => `soo:${formatAdministered(each)}`],
  [0x0203, (each) => `soo:${formatAdministered(each)}`],
  [ENCAPSULATION, (each) => `encapsulation:${TUNNELS[lowOf(each) & 0xffff] ?? lowOf(each) & 0xffff}`],
  [DEFAULT_GATEWAY, () => "default-gateway"],
  [LOAD_BALANCE, (each) => `load-balance:${each.toString(16)}`],
  [SECURITY_GROUP, (each) => `security-group:${formatAsAndId(each)}`],
  [ORIGIN_NETWORK, (each) => `origin-network:${formatAsAndId(each)}`],
  [TAG, (each) => `tag:${formatAsAndId(each)}`],
  [SUB_CLUSTER, (each) => `sub-cluster:${formatAsAndId(each)}`],
  [LOCAL_SEQUENCE, (each) => `local-sequence:${localSequenceOf(each)}`],
  [MOBILITY, (each) => `mobility:${mobilityOf(each)?.sequence}${mobilityOf(each)?.sticky ? ":sticky" : ""}`],
  [ESI_LABEL, (each) => `esi-label:${esiLabelOf(each)?.label}${esiLabelOf(each)?.flag ? ":single-active" : ""}`],
  [ES_IMPORT, (each) => `es-import:${formatMacAddress(esImportOf(each) ?? 0)}`],
  [ROUTERS_MAC, (each) => `router-mac:${formatMacAddress(routersMacOf(each) ?? 0)}`],
  [E_TREE, (each) => `e-tree:${eTreeOf(each)?.label}${eTreeOf(each)?.flag ? ":leaf" : ""}`],
  [MULTICAST_FLAGS, (each) => `multicast-flags:${multicastFlagsOf(each)}`],
]);

/** An extended community for people; one that is not known as sixteen hexadecimal digits. */
export function formatExtendedCommunity(community: ExtendedCommunity): string {
  const format = FORMATS.get(extendedCommunityKind(community));
  return formatRouteTarget(community) ?? format?.(community) ?? `0x${community.toString(16).padStart(16, "0")}`;
}
