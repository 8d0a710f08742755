import type { Clock, Timer } from "@contrail/clock";
import type { DataPlane } from "@contrail/dataplane";
import { DesiredRows } from "@contrail/delta";
import { ContrailError } from "@contrail/errors";
import { type HostSettings, rowKey, type TableDelta } from "@contrail/forwarding";
import type { Logger } from "@contrail/observability";
import { AclCache } from "../core/acl-cache.ts";
import { ConfigView } from "../core/config-view.ts";
import { type DesiredState, desiredState } from "../core/desired-state.ts";
import type { LocalNumbers } from "../core/local-numbers.ts";
import type { Port } from "../core/port.ts";
import { type Subscriptions, subscriptions } from "../core/publication.ts";
import { RouteTables } from "../core/route-tables.ts";
import type { StateFiles } from "./state-files.ts";

/** What an agent works with. */
export interface AgentParts {
  readonly settings: HostSettings;
  readonly dataPlane: DataPlane;
  readonly files: StateFiles;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Pause before rows that the data plane refused are tried again. */
const RETRY_MS = 1_000;
/** Longest that a caller of settled() waits: his port is on disk, and a data plane that is away comes back later. */
const SETTLE_MS = 5_000;

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
  readonly #parts: AgentParts;
  readonly #logger: Logger;
  readonly #numbers: LocalNumbers;
  readonly #acls = new AclCache();
  readonly #rows = new DesiredRows();
  readonly #listeners: SubscriptionListener[] = [];
  #state: DesiredState = { rows: [], ports: [], problems: [] };
  #subscriptions: Subscriptions = { machines: new Set(), instances: new Set(), routes: new Map() };
  #configComplete = false;
  #swept = false;
  #scheduled = false;
  #applying: Promise<void> = Promise.resolve();
  #afterApply = new Map<object, () => void>();
  #retry: Timer | undefined;
  #problems: ReadonlySet<string> = new Set();

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#logger = parts.logger;
    this.#numbers = parts.files.numbers();
    for (const port of parts.files.ports()) this.#ports.set(port.id, port);
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
    this.#parts.files.savePort(port);
    this.#ports.set(port.id, port);
    this.changed();
  }

  /** False where there is no such port. */
  removePort(id: string): boolean {
    if (!this.#ports.delete(id)) return false;
    this.#parts.files.removePort(id);
    this.changed();
    return true;
  }

  /** Lets packets of a port pass, or none; kept over a restart. False where there is no such port. */
  enablePort(id: string, enabled: boolean): boolean {
    const port = this.#ports.get(id);
    if (port === undefined) return false;
    this.addPort({ ...port, "link-state": enabled ? "up" : "down" });
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

  /** Something changed; then runs once the data plane decides by it. Of several with one key the last one runs. */
  changed(then?: () => void, key: object = this): void {
    if (then !== undefined) this.#afterApply.set(key, then);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#applying = this.#applying.then(() => this.#calculate());
    });
  }

  /** Resolves when what is known now has been applied: true; false where that takes longer than 5 s. */
  settled(): Promise<boolean> {
    return new Promise((resolve) => {
      const key = {};
      const timer = this.#parts.clock.setTimer(SETTLE_MS, () => {
        this.#afterApply.delete(key);
        resolve(false);
      });
      this.changed(() => {
        timer.cancel();
        resolve(true);
      }, key);
    });
  }

  /** Stops trying again. */
  close(): void {
    this.#retry?.cancel();
  }

  /** Does not reject: what fails is told, and tried again. */
  async #calculate(): Promise<void> {
    const waiting = this.#afterApply;
    this.#afterApply = new Map();
    try {
      this.#calculatePorts();
      // Judged with the rows: what arrives while they are being applied is not in them.
      const complete = [...this.#subscriptions.instances].every((instance) => this.routes.isInSync(instance));
      if (this.#configComplete) await this.#apply(complete);
      for (const then of waiting.values()) then();
    } catch (reason) {
      for (const [key, then] of waiting) if (!this.#afterApply.has(key)) this.#afterApply.set(key, then);
      this.#tryAgain(reason);
    }
  }

  #tryAgain(reason: unknown): void {
    const error = ContrailError.from(reason);
    this.#logger.error("rows not applied", { code: error.code, reason: error.message });
    this.#retry?.cancel();
    this.#retry = this.#parts.clock.setTimer(RETRY_MS, () => this.changed());
  }

  /** Ports, rows and subscriptions from the state; the listeners hear of the subscriptions. */
  #calculatePorts(): void {
    const { view, routes } = this;
    this.#state = desiredState({
      settings: this.#parts.settings,
      view,
      ports: this.#ports.values(),
      routes,
      numbers: this.#numbers,
      acls: this.#acls,
    });
    this.#subscriptions = subscriptions(this.#state.ports);
    for (const listener of this.#listeners) listener(this.#subscriptions);
    this.routes.keepOnly(this.#subscriptions.instances);
    const problems = new Set(this.#state.problems);
    for (const problem of problems.difference(this.#problems)) this.#logger.error("not as configured", { problem });
    this.#problems = problems;
  }

  async #apply(complete: boolean): Promise<void> {
    const saved = this.#numbers.takeChanges();
    if (saved !== undefined) this.#parts.files.saveNumbers(saved);
    const deltas = this.#rows.change(this.#state.rows);
    try {
      if (deltas.length > 0) await this.#parts.dataPlane.apply(deltas);
    } catch (reason) {
      const refused = roomless(deltas, reason);
      this.#rows.forget(refused ?? deltas);
      if (refused === undefined) throw reason;
      this.#tryAgain(reason);
    }
    await this.#sweepOnce(complete);
  }

  /** Once everything is known: what an earlier agent left in the data plane and nobody named goes, unused numbers too. */
  async #sweepOnce(complete: boolean): Promise<void> {
    if (!this.#swept && complete) {
      const { removedRows } = await this.#parts.dataPlane.sweep();
      this.#swept = true;
      this.#logger.info("data plane is in step", { rows: this.#rows.size, removedRows });
    }
    if (this.#swept) this.#numbers.freeUnused();
  }
}

/** The rows that alone were not applied, for want of room: nobody waits for them. Undefined for any other failure. */
function roomless(deltas: readonly TableDelta[], reason: unknown): readonly TableDelta[] | undefined {
  const { code, fields } = ContrailError.from(reason);
  if (code !== "dataplane.over_quota" || !Array.isArray(fields.rows)) return undefined;
  const keys = new Set<unknown>(fields.rows);
  return deltas.filter((delta) => keys.has(rowKey(delta)));
}
