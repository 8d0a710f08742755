import type { Clock } from "@contrail/clock";
import type { VncClient } from "@contrail/vnc-client";
import { firstOf, NetworkIndex } from "../core/network-index.ts";
import { isOwnNetwork } from "../core/network-view.ts";

/** What the plugin does not make itself is found this much later at the latest, or after a conflict. */
const RESCAN_MS = 1_000;

/** Where networks are, by CloudStack's number and by its uuid: hints, which the reader checks. The configuration API has no such index. */
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

  /**
   * The configuration's uuid of a network; undefined where there is none. name: CloudStack's number or uuid of it. wrong: a
   * hint that was found to be wrong.
   */
  async find(name: string, wrong?: string): Promise<string | undefined> {
    const hint = this.#uuids.get(name);
    if (hint !== undefined && hint !== wrong) return hint;
    this.#uuids.delete(name);
    await this.#refreshed();
    // The list that was waited for may have begun before somebody asked to look again.
    if (this.#uuids.get(name) === undefined) await this.#refreshed();
    return this.#uuids.get(name);
  }

  async #refreshed(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#scannedAtMs >= RESCAN_MS) await this.#rescan();
  }

  /** Notes a network that was made or changed. The number is its alone from now on; of the uuid there may be another. */
  made(networkId: string, uuid: string, cloudUuid?: string): void {
    this.#note(networkId, uuid);
    if (cloudUuid !== undefined) this.#note(cloudUuid, firstOf(cloudUuid, this.#uuids.get(cloudUuid) ?? uuid, uuid));
  }

  #note(name: string, uuid: string): void {
    this.#uuids.set(name, uuid);
    this.#younger.add(name);
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
    const index = new NetworkIndex();
    for await (const page of this.#vnc.pages("virtual-network", ["annotations"])) {
      for (const network of page) if (isOwnNetwork(network)) index.add(network);
    }
    const seen = new Map(index.names().map(([name, { uuid }]) => [name, String(uuid)]));
    for (const name of this.#uuids.keys()) {
      if (!seen.has(name) && !this.#younger.has(name)) this.#uuids.delete(name);
    }
    for (const [name, uuid] of seen) if (!this.#younger.has(name)) this.#uuids.set(name, uuid);
    if (!this.#doubted) this.#scannedAtMs = this.#clock.monotonicMs();
  }
}
