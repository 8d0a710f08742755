import { readUint16, writeUint16 } from "../octets.ts";
import { frameMessage, ROUTE_REFRESH } from "./header.ts";
import { type Notification, notification } from "./notification.ts";
import { ROUTE_REFRESH_ERROR } from "./notification-codes.ts";

/** ROUTE-REFRESH (RFC 2918 section 3, RFC 7313 section 3.2): | AFI (16) | subtype (8) | SAFI (8) | */
export interface RouteRefresh {
  readonly afi: number;
  readonly safi: number;
  /** A request, or the mark of the beginning or end of the routes that answer one. */
  readonly subtype: "request" | "begin" | "end";
}

export type RouteRefreshVerdict =
  | { readonly kind: "route-refresh"; readonly refresh: RouteRefresh }
  /** A subtype that does not exist (RFC 7313 section 5). */
  | { readonly kind: "ignore" }
  | { readonly kind: "error"; readonly notification: Notification };

const SUBTYPES = ["request", "begin", "end"] as const;

/** Reads the body of a ROUTE-REFRESH; what follows a request (RFC 5291 filters, which we never offer) is ignored. */
export function decodeRouteRefresh(body: Uint8Array): RouteRefreshVerdict {
  const subtype = SUBTYPES[body[2] ?? 0];
  const badLength = body.length < 4 || (body.length > 4 && subtype !== "request" && subtype !== undefined);
  if (badLength)
    return { kind: "error", notification: notification(ROUTE_REFRESH_ERROR, 1, frameMessage(ROUTE_REFRESH, body)) };
  if (subtype === undefined) return { kind: "ignore" };
  return { kind: "route-refresh", refresh: { afi: readUint16(body, 0), safi: body[3] ?? 0, subtype } };
}

/** The whole message. */
export function encodeRouteRefresh({ afi, safi, subtype }: RouteRefresh): Uint8Array {
  const body = new Uint8Array(4);
  writeUint16(body, 0, afi);
  body[2] = SUBTYPES.indexOf(subtype);
  body[3] = safi;
  return frameMessage(ROUTE_REFRESH, body);
}
