import type { Clock } from "@contrail/clock";
import type { JsonObject } from "@contrail/schema";
import type { VncClient } from "@contrail/vnc-client";
import { NetworkNames } from "../core/network-names.ts";
import { isOwnNetwork } from "../core/network-view.ts";

/** What the plugin does not make itself is found this much later at the latest, or after a conflict. */
const RESCAN_MS = 1_000;

/** The same, though nothing tells that it is needed. */
const RESCAN_ALL_MS = 600_000;

/** How many networks the plugin has begun to make, or to remove, and with how many it is through. */
interface OwnWrites {
  begun: number;
  done: number;
}

/**
 * Where networks are, by CloudStack's number and by its uuid: hints, which the reader checks. The configuration API has no such
 * index: all networks are read once, and again only where somebody else has made or removed one. That tells their number,
 * which is one small answer however many they are, or a hint that was wrong, or a conflict.
 */
export class NetworkDirectory {
  readonly #vnc: VncClient;
  readonly #clock: Clock;
  readonly #names = new NetworkNames();
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #check: Promise<void> | undefined;
  /** Written since the list was begun that was read last. */
  readonly #younger = new Set<string>();
  /** True: what is being read may be older than what was asked for. */
  #doubted = false;
  /** Networks that there were when all were read, those of others too; undefined: all are to be read. */
  #counted: number | undefined;
  #countedAtMs = 0;
  /** Since then. */
  readonly #made: OwnWrites = { begun: 0, done: 0 };
  readonly #removed: OwnWrites = { begun: 0, done: 0 };

  constructor(vnc: VncClient, clock: Clock) {
    this.#vnc = vnc;
    this.#clock = clock;
  }

  /**
   * The configuration's uuid of a network; undefined where there is none. name: CloudStack's number or uuid of it. wrong: a
   * hint that was found to be wrong.
   */
  async find(name: string, wrong?: string): Promise<string | undefined> {
    if (wrong !== undefined && this.#names.find(name) === wrong) {
      this.#names.deny(name, wrong);
      this.#counted = undefined;
    }
    const hint = this.#names.find(name);
    if (hint !== undefined) return hint;
    await this.#refreshed();
    // The list that was waited for may have begun before somebody asked to look again.
    if (this.#names.find(name) === undefined) await this.#refreshed();
    return this.#names.find(name);
  }

  /** Makes a network, and notes it. Where that fails it may have been made all the same. */
  async make(object: JsonObject, work: () => Promise<string>): Promise<void> {
    this.note(await this.#counting(this.#made, work), object);
  }

  /** Removes a network, and forgets it: its names may be another one's too, which is it from now on. */
  async remove(uuid: string, work: () => Promise<void>): Promise<void> {
    await this.#counting(this.#removed, work);
    this.#names.drop(uuid);
    this.#younger.add(uuid);
  }

  /** Notes a network that was made or changed. object: with all its annotations. The number is its alone from now on. */
  note(uuid: string, object: JsonObject): void {
    this.#names.set(uuid, object);
    this.#younger.add(uuid);
  }

  /** Lets the next question that has no hint read all: somebody else has made something. */
  forget(): void {
    this.#doubted = true;
    this.#counted = undefined;
    this.#checkedAtMs = Number.NEGATIVE_INFINITY;
  }

  async #refreshed(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#checkedAtMs < RESCAN_MS) return;
    // One at a time, for all who ask.
    this.#check ??= this.#refresh().finally(() => {
      this.#check = undefined;
    });
    await this.#check;
  }

  async #refresh(): Promise<void> {
    this.#doubted = false;
    if (!(await this.#isComplete())) await this.#readAll();
    if (!this.#doubted) this.#checkedAtMs = this.#clock.monotonicMs();
  }

  async #counting<T>(writes: OwnWrites, work: () => Promise<T>): Promise<T> {
    writes.begun++;
    try {
      return await work();
    } catch (reason) {
      this.forget();
      throw reason;
    } finally {
      writes.done++;
    }
  }

  /** True where there are as many networks as there were, but for those that the plugin itself has made and removed since. */
  async #isComplete(): Promise<boolean> {
    if (this.#counted === undefined) return false;
    if (this.#clock.monotonicMs() - this.#countedAtMs >= RESCAN_ALL_MS) return false;
    const [made, removed] = [this.#made.done, this.#removed.done];
    const answer = await this.#vnc.call("GET", "/virtual-networks?count=true");
    const { count } = answer["virtual-networks"] as { readonly count: unknown }; // By the API.
    if (this.#counted === undefined || typeof count !== "number") return false;
    // Of those that were on their way meanwhile nobody knows whether they are among the counted ones.
    const least = this.#counted + made - this.#removed.begun;
    const most = this.#counted + this.#made.begun - removed;
    return count >= least && count <= most;
  }

  /** What was written meanwhile is younger than the list. */
  async #readAll(): Promise<void> {
    this.#doubted = false;
    this.#younger.clear();
    const writes = [this.#made, this.#removed];
    const before = writes.map(({ done }) => done);
    const seen = new Map<string, JsonObject>();
    let count = 0;
    for await (const page of this.#vnc.pages("virtual-network", ["annotations"])) {
      count += page.length;
      for (const network of page) if (isOwnNetwork(network)) seen.set(String(network.uuid), network);
    }
    for (const uuid of this.#names.uuids) if (!seen.has(uuid) && !this.#younger.has(uuid)) this.#names.drop(uuid);
    for (const [uuid, network] of seen) if (!this.#younger.has(uuid)) this.#names.set(uuid, network);
    for (const uuid of this.#younger) this.#names.renew(uuid);
    // What was on its way may be among them or not: all are read once more before they are only counted.
    const isQuiet = writes.every(({ begun }, index) => begun === before[index]);
    this.#counted = isQuiet && !this.#doubted ? count : undefined;
    this.#countedAtMs = this.#clock.monotonicMs();
    if (isQuiet) for (const each of writes) [each.begun, each.done] = [0, 0];
  }
}
