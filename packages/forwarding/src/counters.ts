import type { DropReason } from "./drop-reason.ts";
import type { InterfaceCounters } from "./flow.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Drops by reason, and packets by interface. */
export class Counters {
  readonly drops = new Map<DropReason, number>();
  readonly interfaces = new Map<number, Mutable<InterfaceCounters>>();

  /** Counts from zero for a new interface; leaves a known one. */
  addInterface(id: number): void {
    if (this.interfaces.has(id)) return;
    this.interfaces.set(id, { receivedPackets: 0, receivedBytes: 0, sentPackets: 0, sentBytes: 0, drops: 0 });
  }

  received(id: number, bytes: number): void {
    const counters = this.interfaces.get(id);
    if (counters === undefined) return;
    counters.receivedPackets += 1;
    counters.receivedBytes += bytes;
  }

  sent(id: number, bytes: number): void {
    const counters = this.interfaces.get(id);
    if (counters === undefined) return;
    counters.sentPackets += 1;
    counters.sentBytes += bytes;
  }

  dropped(reason: DropReason, id: number | undefined): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
    const counters = id === undefined ? undefined : this.interfaces.get(id);
    if (counters !== undefined) counters.drops += 1;
  }
}
