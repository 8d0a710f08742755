import type { DataPlane } from "@contrail/dataplane";
import { DesiredRows } from "@contrail/delta";
import { ContrailError } from "@contrail/errors";
import type { HostSettings } from "@contrail/forwarding";
import type { Logger } from "@contrail/observability";
import { ConfigView } from "../core/config-view.ts";
import { type DesiredState, desiredState } from "../core/desired-state.ts";
import { LocalNumbers } from "../core/local-numbers.ts";
import type { Port } from "../core/port.ts";
import { type Subscriptions, subscriptions } from "../core/publication.ts";
import { RouteTables } from "../core/route-tables.ts";
import type { StateFiles } from "./state-files.ts";

/** Hears of what the control nodes have to be told. */
export type SubscriptionListener = (subscriptions: Subscriptions) => void;

/**
 * The agent's state and the one way from it to the data plane. Whatever changes the state calls changed(); once in a
 * turn of the event loop everything is computed anew and the difference is applied.
 *
 * Until the configuration has been complete once, nothing is computed: a half-known policy would be an open one. Until
 * the routes of every instance have been complete too, nothing is removed from the data plane and no number is freed.
 */
export class Agent {
  readonly view = new ConfigView();
  readonly routes = new RouteTables();
  readonly #ports = new Map<string, Port>();
  readonly #numbers: LocalNumbers;
  readonly #rows = new DesiredRows();
  readonly #dataPlane: DataPlane;
  readonly #files: StateFiles;
  readonly #logger: Logger;
  readonly #settings: HostSettings;
  readonly #listeners: SubscriptionListener[] = [];
  #state: DesiredState = { rows: [], ports: [], problems: [] };
  #subscriptions: Subscriptions = { machines: new Set(), instances: new Set(), routes: new Map() };
  #configComplete = false;
  #swept = false;
  #scheduled = false;
  #applying: Promise<void> = Promise.resolve();
  #afterApply: (() => void)[] = [];

  constructor(settings: HostSettings, dataPlane: DataPlane, files: StateFiles, logger: Logger) {
    this.#settings = settings;
    this.#dataPlane = dataPlane;
    this.#files = files;
    this.#logger = logger;
    this.#numbers = new LocalNumbers(files.numbers());
    for (const port of files.ports()) this.#ports.set(port.id, port);
    this.#calculatePorts();
  }

  get state(): DesiredState {
    return this.#state;
  }

  get subscriptions(): Subscriptions {
    return this.#subscriptions;
  }

  get configComplete(): boolean {
    return this.#configComplete;
  }

  /** True once the data plane holds exactly what control nodes said. */
  get swept(): boolean {
    return this.#swept;
  }

  ports(): readonly Port[] {
    return [...this.#ports.values()];
  }

  port(id: string): Port | undefined {
    return this.#ports.get(id);
  }

  /** Adds or replaces a port; it is on disk when this returns. */
  addPort(port: Port): void {
    this.#files.savePort(port);
    this.#ports.set(port.id, port);
    this.changed();
  }

  /** False where there is no such port. */
  removePort(id: string): boolean {
    if (!this.#ports.delete(id)) return false;
    this.#files.removePort(id);
    this.changed();
    return true;
  }

  /** This host's number of a routing instance: the second half of its route distinguisher. */
  instanceId(instance: string): number {
    return this.#numbers.numberOf("vrf", instance);
  }

  onSubscriptions(listener: SubscriptionListener): void {
    this.#listeners.push(listener);
  }

  /** The configuration subset has come whole. */
  completeConfig(): void {
    this.#configComplete = true;
    this.changed();
  }

  /** Something changed; then runs once the data plane decides by it. */
  changed(then?: () => void): void {
    if (then !== undefined) this.#afterApply.push(then);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#applying = this.#applying.then(() => this.#calculate());
    });
  }

  /** Resolves when what is known now has been applied. */
  async settled(): Promise<void> {
    await new Promise<void>((resolve) => this.changed(resolve));
  }

  async #calculate(): Promise<void> {
    const acknowledged = this.#afterApply.splice(0);
    this.#calculatePorts();
    // Judged with the rows: what arrives while they are being applied is not in them.
    const complete = [...this.#subscriptions.instances].every((instance) => this.routes.isInSync(instance));
    if (this.#configComplete) await this.#apply(complete);
    for (const then of acknowledged) then();
  }

  /** Ports, rows and subscriptions from the state; the listeners hear of the subscriptions. */
  #calculatePorts(): void {
    const { view, routes } = this;
    this.#state = desiredState({
      settings: this.#settings,
      view,
      ports: this.#ports.values(),
      routes,
      numbers: this.#numbers,
    });
    this.#subscriptions = subscriptions(this.#state.ports);
    for (const listener of this.#listeners) listener(this.#subscriptions);
    this.routes.keepOnly(this.#subscriptions.instances);
    for (const problem of this.#state.problems) this.#logger.error("policy cannot be compiled", { problem });
  }

  async #apply(complete: boolean): Promise<void> {
    const saved = this.#numbers.takeChanges();
    if (saved !== undefined) this.#files.saveNumbers(saved);
    const deltas = this.#rows.change(this.#state.rows);
    try {
      if (deltas.length > 0) await this.#dataPlane.apply(deltas);
      await this.#sweepOnce(complete);
    } catch (reason) {
      this.#rows.forget(deltas);
      this.#logger.error("data plane refused rows", {
        reason: ContrailError.from(reason).message,
        deltas: deltas.length,
      });
    }
  }

  /** Once everything is known: what an earlier agent left in the data plane and nobody named goes, unused numbers too. */
  async #sweepOnce(complete: boolean): Promise<void> {
    if (!this.#swept && complete) {
      const { removedRows } = await this.#dataPlane.sweep();
      this.#swept = true;
      this.#logger.info("data plane is in step", { rows: this.#rows.size, removedRows });
    }
    if (this.#swept) this.#numbers.freeUnused();
  }
}
