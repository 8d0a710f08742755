import type { EvpnRoute } from "@contrail/bgp";
import type { KeyedDestination } from "./path.ts";

/**
 * The MAC/IP destinations of an instance by the Ethernet segment of their best path: a change of who is on a segment is
 * one of all addresses behind it (RFC 7432 sections 8.2 and 8.4).
 */
export class SegmentIndex {
  readonly #bySegment = new Map<bigint, Set<KeyedDestination>>();
  readonly #segments = new Map<KeyedDestination, bigint>();

  /** Follows a destination of the instance; one that is not imported is on no segment. */
  set(destination: KeyedDestination, imported: boolean): void {
    const before = this.#segments.get(destination) ?? 0n;
    const after = imported ? segmentOf(destination) : 0n;
    if (before === after) return;
    const left = this.#bySegment.get(before);
    left?.delete(destination);
    if (left?.size === 0) this.#bySegment.delete(before);
    if (after === 0n) this.#segments.delete(destination);
    else {
      this.#segments.set(destination, after);
      this.#bySegment.set(after, (this.#bySegment.get(after) ?? new Set()).add(destination));
    }
  }

  /** Those behind the segment that a route is about; none where it is about no segment. */
  behind({ route }: KeyedDestination): Iterable<KeyedDestination> {
    const { type, segment = 0n } = route as EvpnRoute & { readonly segment?: bigint }; // Of e-vpn, as all that is set.
    return (type === 1 && this.#bySegment.get(segment)) || [];
  }
}

function segmentOf({ best }: KeyedDestination): bigint {
  const route = best?.route;
  return route !== undefined && "type" in route && route.type === 2 ? route.segment : 0n;
}
