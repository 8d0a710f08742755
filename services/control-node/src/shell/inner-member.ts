import { type ExportPolicy, type PathSource, policyKey, type Rib } from "@contrail/rib";
import type { InnerFamily } from "../core/desired-peer.ts";
import { exportPolicy, importPolicy } from "../core/peer-policies.ts";
import type { BgpSession, DesiredPeer } from "./bgp/session-port.ts";
import { type InnerOutput, InnerTable } from "./inner-table.ts";

type Inner = NonNullable<DesiredPeer["inner"]>;

/** What a member is given beside its session. */
export interface InnerMemberOptions {
  readonly rib: Rib;
  /** So many routes are not sent, as their attributes do not fit into a message. */
  readonly onUntold: (routes: number) => void;
}

/** One session with a router of a tenant, with its families. */
export class InnerMember implements InnerOutput {
  readonly session: BgpSession;
  readonly source: PathSource;
  readonly #rib: Rib;
  #inner: Inner;
  #policy: ExportPolicy;
  readonly #tables: ReadonlyMap<InnerFamily, InnerTable>;
  readonly #onUntold: (routes: number) => void;
  #isFull = false;
  #hasSaidTooMuch = false;
  /** How its routes are looked at, as text. */
  #importKey = "";

  constructor(session: BgpSession, source: PathSource, inner: Inner, { rib, onUntold }: InnerMemberOptions) {
    this.session = session;
    this.source = source;
    this.#rib = rib;
    this.#onUntold = onUntold;
    this.#inner = inner;
    this.#policy = this.#currentPolicy();
    this.judge();
    const policy = this.#policy;
    const families = session.parameters.families.filter((family) => family === "inet" || family === "inet6");
    this.#tables = new Map(
      families.map((family) => [
        family,
        new InnerTable(family, rib, this, { policy, gateway: inner.gateways[family] }),
      ]),
    );
    for (const table of this.tables) table.sayAll();
  }

  /** Those of the families that both sides speak. */
  get tables(): Iterable<InnerTable> {
    return this.#tables.values();
  }

  /** Undefined for a family that the session does not have. */
  table(family: string): InnerTable | undefined {
    return family === "inet" || family === "inet6" ? this.#tables.get(family) : undefined;
  }

  get instance(): string {
    return this.#inner.instance;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  get hasMarks(): boolean {
    return this.session.parameters.enhancedRouteRefresh;
  }

  /** Takes over how its routes are looked at. */
  judge(): void {
    const policy = importPolicy(this.session.peer, this.#rib.autonomousSystem);
    const key = JSON.stringify(policy);
    if (key === this.#importKey) return;
    this.#importKey = key;
    this.#rib.setImportPolicy(this.source, policy);
  }

  /** What it is sent may have been configured anew: of the families where it has, it is told everything again. */
  reconfigured(): void {
    const before = this.#inner;
    this.#inner = this.session.peer.inner ?? before;
    const policy = this.#currentPolicy();
    const isSame = policyKey(policy) === policyKey(this.#policy);
    this.#policy = policy;
    for (const table of this.tables) {
      const gateway = this.#inner.gateways[table.family];
      if (!isSame || gateway !== before.gateways[table.family]) table.reconfigured({ policy, gateway });
    }
  }

  /** It has given a route with more attributes than are kept. True where that is news. */
  saysTooMuch(): boolean {
    const isNews = !this.#hasSaidTooMuch;
    this.#hasSaidTooMuch = true;
    return isNews;
  }

  drained(): void {
    this.#isFull = false;
    for (const table of this.tables) table.drained();
  }

  send(message: Uint8Array): void {
    if (!this.session.send(message)) this.#isFull = true;
  }

  untold(routes: number): void {
    this.#onUntold(routes);
  }

  #currentPolicy(): ExportPolicy {
    return exportPolicy(this.session.peer, this.session.parameters, this.#rib.routerId);
  }
}
