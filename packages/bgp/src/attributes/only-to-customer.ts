/** What this AS is to a neighbour (RFC 9234 section 4.1), in the order of the codes. */
export const BGP_ROLES = ["provider", "route-server", "route-server-client", "customer", "peer"] as const;

export type BgpRole = (typeof BGP_ROLES)[number];

/** The only role of the neighbour that fits (RFC 9234 section 4.2, table 2). */
const COUNTERPARTS: Readonly<Record<BgpRole, BgpRole>> = {
  provider: "customer",
  customer: "provider",
  "route-server": "route-server-client",
  "route-server-client": "route-server",
  peer: "peer",
};

/** The role that a neighbour must have where ours is the given one. */
export function counterpartRole(role: BgpRole): BgpRole {
  return COUNTERPARTS[role];
}

/** A route's ONLY_TO_CUSTOMER after a border: its value, or that the route must not pass. */
export type OnlyToCustomer =
  | { readonly kind: "pass"; readonly onlyToCustomer: number | undefined }
  | { readonly kind: "leak" };

/** On receipt from an external neighbour (RFC 9234 section 5, ingress); a leak is kept and never chosen. */
export function onlyToCustomerReceived(
  role: BgpRole,
  peerAs: number,
  onlyToCustomer: number | undefined,
): OnlyToCustomer {
  const fromBelow = role === "provider" || role === "route-server";
  if (fromBelow) return onlyToCustomer === undefined ? { kind: "pass", onlyToCustomer } : { kind: "leak" };
  if (role === "peer" && onlyToCustomer !== undefined && onlyToCustomer !== peerAs) return { kind: "leak" };
  return { kind: "pass", onlyToCustomer: onlyToCustomer ?? peerAs };
}

/** On sending to an external neighbour (RFC 9234 section 5, egress); a leak is not sent. */
export function onlyToCustomerSent(role: BgpRole, localAs: number, onlyToCustomer: number | undefined): OnlyToCustomer {
  const downwards = role === "provider" || role === "route-server";
  if (!downwards && onlyToCustomer !== undefined) return { kind: "leak" };
  const marked = downwards || role === "peer";
  return { kind: "pass", onlyToCustomer: onlyToCustomer ?? (marked ? localAs : undefined) };
}
