import { compactKey } from "./compact-key.ts";
import type { VpnDestination } from "./path.ts";
import { PathTable } from "./path-table.ts";

/** Where a VPN destination is: route distinguisher (two halves) and prefix. */
export interface VpnAddress {
  readonly rdHigh: number;
  readonly rdLow: number;
  readonly address: number;
  readonly length: number;
}

/** bgp.l3vpn.0: every VPN-IPv4 destination, by distinguisher and prefix. */
export class VpnTable extends PathTable<VpnDestination> {
  readonly #byDistinguisher = new Map<number, Map<number, VpnDestination>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  find(at: VpnAddress): VpnDestination | undefined {
    return this.#byDistinguisher.get(distinguisherKey(at))?.get(compactKey(at.address, at.length));
  }

  /** The destination, made without a path where there is none. */
  open(at: VpnAddress): VpnDestination {
    return this.find(at) ?? this.#make(at);
  }

  *all(): Iterable<VpnDestination> {
    for (const prefixes of this.#byDistinguisher.values()) yield* prefixes.values();
  }

  protected drop(destination: VpnDestination): boolean {
    const prefixes = this.#byDistinguisher.get(distinguisherKey(destination));
    const key = compactKey(destination.address, destination.length);
    if (prefixes?.get(key) !== destination) return false;
    prefixes.delete(key);
    this.#size--;
    if (prefixes.size === 0) this.#byDistinguisher.delete(distinguisherKey(destination));
    return true;
  }

  #make({ rdHigh, rdLow, address, length }: VpnAddress): VpnDestination {
    const number = this.number();
    const made: VpnDestination = {
      family: "inet-vpn",
      number,
      rdHigh,
      rdLow,
      address,
      length,
      paths: [],
      best: undefined,
    };
    const key = distinguisherKey(made);
    const prefixes = this.#byDistinguisher.get(key) ?? new Map<number, VpnDestination>();
    this.#byDistinguisher.set(key, prefixes.set(compactKey(address, length), made));
    this.#size++;
    return made;
  }
}

/** The distinguisher as one exact number: types are 0, 1 and 2, so the high half is below 2^18. */
function distinguisherKey({ rdHigh, rdLow }: VpnAddress): number {
  return (rdHigh & 0x1fffff) * 0x100000000 + rdLow;
}
