import type { Clock } from "@contrail/clock";
import type { VncClient } from "@contrail/vnc-client";
import { annotationsOf, KEYS } from "../core/annotations.ts";

/** What the plugin does not make itself is found this much later at the latest, or after a conflict. */
const RESCAN_MS = 1_000;

/** Where networks are, by CloudStack's number: hints, which the reader checks. The configuration API has no such index. */
export class NetworkDirectory {
  readonly #vnc: VncClient;
  readonly #clock: Clock;
  readonly #uuids = new Map<string, string>();
  #scannedAtMs = Number.NEGATIVE_INFINITY;
  #scan: Promise<void> | undefined;
  /** Made since the list was begun that was read last. */
  readonly #younger = new Set<string>();
  /** True: what is being read may be older than what was asked for. */
  #doubted = false;

  constructor(vnc: VncClient, clock: Clock) {
    this.#vnc = vnc;
    this.#clock = clock;
  }

  /** The uuid of a network; undefined where there is none. wrong: a hint that was found to be wrong. */
  async find(networkId: string, wrong?: string): Promise<string | undefined> {
    const hint = this.#uuids.get(networkId);
    if (hint !== undefined && hint !== wrong) return hint;
    this.#uuids.delete(networkId);
    await this.#refreshed();
    // The list that was waited for may have begun before somebody asked to look again.
    if (this.#uuids.get(networkId) === undefined) await this.#refreshed();
    return this.#uuids.get(networkId);
  }

  async #refreshed(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#scannedAtMs >= RESCAN_MS) await this.#rescan();
  }

  /** Notes a network that was made. */
  made(networkId: string, uuid: string): void {
    this.#uuids.set(networkId, uuid);
    this.#younger.add(networkId);
  }

  /** Lets the next question that has no hint look again: somebody else has made something. */
  forget(): void {
    this.#doubted = true;
    this.#scannedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** One at a time, for all who ask. */
  async #rescan(): Promise<void> {
    this.#scan ??= this.#readAll().finally(() => {
      this.#scan = undefined;
    });
    await this.#scan;
  }

  /** What was made meanwhile is younger than the list. */
  async #readAll(): Promise<void> {
    this.#doubted = false;
    this.#younger.clear();
    const seen = new Map<string, string>();
    for await (const page of this.#vnc.pages("virtual-network", ["annotations"])) {
      for (const network of page) {
        const number = annotationsOf(network).get(KEYS.networkId);
        if (number !== undefined) seen.set(number, String(network.uuid));
      }
    }
    for (const number of this.#uuids.keys()) {
      if (!seen.has(number) && !this.#younger.has(number)) this.#uuids.delete(number);
    }
    for (const [number, uuid] of seen) if (!this.#younger.has(number)) this.#uuids.set(number, uuid);
    if (!this.#doubted) this.#scannedAtMs = this.#clock.monotonicMs();
  }
}
