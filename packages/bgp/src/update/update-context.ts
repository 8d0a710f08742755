import type { AttributeContext } from "../attributes/attribute-codec.ts";
import type { FamilyName } from "../family.ts";

/** What the reading of UPDATEs on a session depends on; SessionParameters has all of it. */
export interface UpdateContext extends AttributeContext {
  /** What both sides offered; routes of other families are ignored. */
  readonly families: readonly FamilyName[];
  /** Families whose routes come behind path identifiers (RFC 7911); default none. */
  readonly addPathReceive?: readonly FamilyName[] | undefined;
  /** IPv4 families whose next hop may be an IPv6 address (RFC 8950); default none. */
  readonly extendedNextHop?: readonly FamilyName[] | undefined;
  /**
   * AS that every path must begin with: that of an external peer, where its routes are checked (RFC 4271 section 6.3).
   * Default none: a route server puts itself into no path.
   */
  readonly firstAs?: number | undefined;
  /**
   * What routes that cannot be read mean (RFC 7606 section 3 j): the session's end, or, where it carries another family
   * too, that theirs is given up alone (RFC 4760 section 7). Default session-reset.
   */
  readonly unreadableRoutes?: "session-reset" | "disable-family" | undefined;
}
