import type { RouteTargetRoute } from "@contrail/bgp";
import type { Clock } from "@contrail/clock";
import type { Destination, KeyedVrfKey, PathSource, Rib } from "@contrail/rib";

/** Longest that the tables are worked on at a stretch: keepalives and agents wait no longer (design: 5 ms). */
const SLICE_MS = 5;
/** Destinations between two looks at the clock. */
const STEP = 256;

/** Who hears of changes of the tables. */
export interface RibListener {
  /** The best path of the first is another than before, another path of the second is. */
  routesChanged(destinations: ReadonlySet<Destination>, touched: ReadonlySet<Destination>): void;
  /** Peers ask for other route targets than before. */
  membershipsChanged(changed: ReadonlyMap<PathSource, readonly RouteTargetRoute[]>): void;
  /** Routes of <vrf>.inet.0, and those of <vrf>.inet6.0 and <vrf>.evpn.0, by instance. */
  vrfsChanged(
    inet: ReadonlyMap<string, ReadonlySet<number>>,
    keyed: ReadonlyMap<string, ReadonlySet<KeyedVrfKey>>,
  ): void;
}

/** Works the tables off in slices and tells the listeners; does nothing while nothing is marked. */
export class RibDriver {
  readonly rib: Rib;
  readonly #clock: Clock;
  readonly #listeners: RibListener[] = [];
  #scheduled = false;
  #waiting: (() => void)[] = [];

  constructor(rib: Rib, clock: Clock) {
    this.rib = rib;
    this.#clock = clock;
  }

  addListener(listener: RibListener): void {
    this.#listeners.push(listener);
  }

  /** To be called after every change that went into the tables. */
  changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#slice());
  }

  /** Calls back when everything that was marked has been worked off and told; at once where nothing is marked. */
  whenIdle(callback: () => void): void {
    if (this.#scheduled) this.#waiting.push(callback);
    else callback();
  }

  #slice(): void {
    const end = this.#clock.monotonicMs() + SLICE_MS;
    let more = true;
    while (more && this.#clock.monotonicMs() < end) more = this.rib.step(STEP);
    const routes = this.rib.takeChanged();
    const touched = this.rib.takeTouched();
    const memberships = this.rib.takeChangedMemberships();
    const vrfs = this.rib.takeChangedVrfs();
    const keyed = this.rib.takeChangedKeyedVrfs();
    for (const listener of this.#listeners) {
      if (routes.size + touched.size > 0) listener.routesChanged(routes, touched);
      if (memberships.size > 0) listener.membershipsChanged(memberships);
      if (vrfs.size + keyed.size > 0) listener.vrfsChanged(vrfs, keyed);
    }
    this.#scheduled = more;
    if (more) setImmediate(() => this.#slice());
    else for (const callback of this.#waiting.splice(0)) callback();
  }
}
