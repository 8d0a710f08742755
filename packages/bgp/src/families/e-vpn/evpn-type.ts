import type { PathAttributes } from "../../attributes/path-attributes.ts";
import type { EvpnRoute } from "./evpn-route.ts";

/** What the codec of one route type sees: everything behind type, length and route distinguisher. */
export interface EvpnTypeCodec<Route extends EvpnRoute> {
  /** The route whose fields stand from `offset` to exactly `end`; undefined where they do not. */
  read(bytes: Uint8Array, offset: number, end: number, rdHigh: number, rdLow: number): Route | undefined;
  /** Octets behind the route distinguisher. */
  fieldBytes(route: Route): number;
  /** Writes them; returns the offset behind. */
  write(route: Route, bytes: Uint8Array, offset: number): number;
  /** See RouteCodec.isUnusable. */
  isUnusable(route: Route, attributes: PathAttributes): boolean;
  /** What stands behind "type-distinguisher-" for people. */
  format(route: Route): string;
}
