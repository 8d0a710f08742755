import { FAMILIES, type FamilyName, type Retention, type SessionParameters } from "@contrail/bgp";
import type { Clock, Timer } from "@contrail/clock";
import type { PathSource } from "@contrail/rib";
import type { RibDriver } from "./rib-driver.ts";

/** What is kept of one peer that is away, or has come back and not yet said that it has said everything. */
interface Kept {
  /** Runs while the peer is away for its restart time, or from its return to its End-of-RIB. */
  timer: Timer | undefined;
  /** Families whose routes are kept for long, or come again in a refresh, each with the end of that. */
  readonly families: Map<FamilyName, Timer>;
}

/**
 * The routes of peers that are away, by family (RFC 4724 section 4.2, RFC 9494 section 4.2):
 *
 *   down ── kept as they are, for the restart time ── kept for long, as the last choice ── gone
 *                       └───────── back ─────────────────────┘
 *                                   └── what has not come again by End-of-RIB goes
 */
export class PeerRetention {
  readonly #driver: RibDriver;
  readonly #clock: Clock;
  /** Longest that a peer that is back may take to say everything. */
  readonly #endOfRibWaitMs: number;
  readonly #kept = new Map<PathSource, Kept>();

  constructor(driver: RibDriver, clock: Clock, endOfRibWaitMs: number) {
    this.#driver = driver;
    this.#clock = clock;
    this.#endOfRibWaitMs = endOfRibWaitMs;
  }

  /** A session has ended; without retention nothing stays. */
  down(source: PathSource, retention: Retention | undefined): void {
    this.#stop(source);
    const { rib } = this.#driver;
    if (retention === undefined) rib.removeSource(source);
    else {
      const { families, restartTimeMs, longLived } = retention;
      const later = longLived.map(({ family }) => family);
      rib.removeSource(
        source,
        FAMILIES.filter((family) => !families.includes(family) && !later.includes(family)),
      );
      rib.markStale(source, FAMILIES);
      const kept: Kept = { timer: undefined, families: new Map() };
      this.#kept.set(source, kept);
      this.#keepLong(source, kept, {
        ...retention,
        longLived: longLived.filter(({ family }) => !families.includes(family)),
      });
      kept.timer = this.#clock.setTimer(restartTimeMs, () => this.#restartTimeIsOver(source, kept, retention));
    }
    this.#driver.changed();
  }

  /**
   * The peer is back: what it does not carry any more goes, and so does what it has not gone on forwarding for. The rest
   * waits for its End-of-RIB.
   */
  back(source: PathSource, { families, gracefulRestart, longLived }: SessionParameters): void {
    this.#stop(source);
    const preserved = [...(gracefulRestart?.families ?? []), ...longLived].flatMap((each) =>
      each.forwardingPreserved && families.includes(each.family) ? each.family : [],
    );
    const { rib } = this.#driver;
    rib.sweep(
      source,
      FAMILIES.filter((family) => !preserved.includes(family)),
    );
    if (preserved.length > 0) {
      const timer = this.#clock.setTimer(this.#endOfRibWaitMs, () => {
        this.#kept.delete(source);
        rib.sweep(source);
        this.#driver.changed();
      });
      this.#kept.set(source, { timer, families: new Map() });
    }
    this.#driver.changed();
  }

  /** The peer has said everything of a family. */
  endOfRib(source: PathSource, family: FamilyName): void {
    this.#driver.rib.sweep(source, [family]);
    this.#driver.changed();
  }

  /** The peer begins to say a family again (RFC 7313 section 4): what does not come again goes at the end. */
  refreshBegins(source: PathSource, family: FamilyName): void {
    let kept = this.#kept.get(source);
    if (kept === undefined) {
      kept = { timer: undefined, families: new Map() };
      this.#kept.set(source, kept);
    }
    this.#driver.rib.markStale(source, [family]);
    this.#sweepAfter(source, kept, family, this.#endOfRibWaitMs);
  }

  /** It has said everything of the family again; without a beginning it is no end. */
  refreshEnds(source: PathSource, family: FamilyName): void {
    const timer = this.#kept.get(source)?.families.get(family);
    if (timer === undefined) return;
    timer.cancel();
    this.#kept.get(source)?.families.delete(family);
    this.endOfRib(source, family);
  }

  /** Nothing is kept of it any more. */
  forget(source: PathSource): void {
    this.#stop(source);
    this.#driver.rib.forgetSource(source);
    this.#driver.changed();
  }

  close(): void {
    for (const source of [...this.#kept.keys()]) this.#stop(source);
  }

  #restartTimeIsOver(source: PathSource, kept: Kept, retention: Retention): void {
    kept.timer = undefined;
    const { longLived } = retention;
    const gone = retention.families.filter((family) => !longLived.some((each) => each.family === family));
    this.#driver.rib.sweep(source, gone);
    this.#keepLong(source, kept, {
      ...retention,
      longLived: longLived.filter(({ family }) => retention.families.includes(family)),
    });
    this.#driver.changed();
  }

  #keepLong(source: PathSource, kept: Kept, { longLived }: Retention): void {
    const { rib } = this.#driver;
    rib.keepLong(
      source,
      longLived.map(({ family }) => family),
    );
    for (const { family, staleTimeMs } of longLived) this.#sweepAfter(source, kept, family, staleTimeMs);
  }

  #sweepAfter(source: PathSource, kept: Kept, family: FamilyName, delayMs: number): void {
    kept.families.get(family)?.cancel();
    const timer = this.#clock.setTimer(delayMs, () => {
      kept.families.delete(family);
      this.#driver.rib.sweep(source, [family]);
      this.#driver.changed();
    });
    kept.families.set(family, timer);
  }

  #stop(source: PathSource): void {
    const kept = this.#kept.get(source);
    kept?.timer?.cancel();
    for (const timer of kept?.families.values() ?? []) timer.cancel();
    this.#kept.delete(source);
  }
}
