/** Well-known communities (IANA, BGP well-known communities). */
export const GRACEFUL_SHUTDOWN = 0xffff0000;
export const ACCEPT_OWN = 0xffff0001;
export const LLGR_STALE = 0xffff0006;
export const NO_LLGR = 0xffff0007;
export const ACCEPT_OWN_NEXTHOP = 0xffff0008;
export const BLACKHOLE = 0xffff029a;
/** OpenContrail's own: service chains do not tell the route on. */
export const NO_REORIGINATE = 0xfffff000;
export const NO_EXPORT = 0xffffff01;
export const NO_ADVERTISE = 0xffffff02;
export const NO_EXPORT_SUBCONFED = 0xffffff03;
export const NO_PEER = 0xffffff04;

/** Names as OpenContrail's policies and routers' configurations write them. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [GRACEFUL_SHUTDOWN, "graceful-shutdown"],
  [ACCEPT_OWN, "accept-own"],
  [LLGR_STALE, "llgr-stale"],
  [NO_LLGR, "no-llgr"],
  [ACCEPT_OWN_NEXTHOP, "accept-own-nexthop"],
  [BLACKHOLE, "blackhole"],
  [NO_REORIGINATE, "no-reoriginate"],
  [NO_EXPORT, "no-export"],
  [NO_ADVERTISE, "no-advertise"],
  [NO_EXPORT_SUBCONFED, "no-export-subconfed"],
  [NO_PEER, "no-peer"],
]);

const BY_NAME: ReadonlyMap<string, number> = new Map([...NAMES].map(([community, name]) => [name, community]));

/** "64512:7" or the name of a well-known community (RFC 1997). */
export function formatCommunity(community: number): string {
  return NAMES.get(community) ?? `${community >>> 16}:${community & 0xffff}`;
}

/** Reads what formatCommunity writes; undefined where it is none. */
export function parseCommunity(text: string): number | undefined {
  const known = BY_NAME.get(text);
  if (known !== undefined) return known;
  const [, high = "", low = ""] = /^([0-9]{1,5}):([0-9]{1,5})$/.exec(text) ?? [];
  if (high === "" || Number(high) > 0xffff || Number(low) > 0xffff) return undefined;
  return (Number(high) * 0x10000 + Number(low)) >>> 0;
}
