import type { FamilyName, Update } from "@contrail/bgp";
import type { Counter, Logger } from "@contrail/observability";
import {
  type IpPrefix,
  type KeyedVrfKey,
  type PathSource,
  type PeerRoute,
  prefixOfKey,
  type RouteKey,
  routeKey,
} from "@contrail/rib";
import { heardAttributes } from "../core/inner-routes.ts";
import type { BgpSession, BgpSessionHandler, SessionDown } from "./bgp/session-port.ts";
import type { PeerOutput } from "./bgp-exchange.ts";
import { InnerMember } from "./inner-member.ts";
import type { InnerTable } from "./inner-table.ts";
import type { RibDriver, RibListener } from "./rib-driver.ts";
import { untoldReport } from "./untold-report.ts";

/** Routes that a router of a tenant may give of all families together; with one more its session ends. */
const MAX_ROUTES = 10_000;

/** Carries routes between routers of tenants and the routing instances that they are in (BGP as a service). */
export class InnerExchange implements BgpSessionHandler, RibListener {
  readonly #driver: RibDriver;
  readonly #logger: Logger;
  readonly #untold: Counter;
  readonly #members = new Map<BgpSession, InnerMember>();

  /** untold counts routes that a router was not told of, as their attributes do not fit into a message. */
  constructor(driver: RibDriver, logger: Logger, untold: Counter) {
    this.#driver = driver;
    this.#logger = logger;
    this.#untold = untold;
    driver.addListener(this);
  }

  /** What has changed of peers that stay holds from here on. */
  setPeers(): void {
    for (const member of this.#members.values()) {
      member.judge();
      member.reconfigured();
      this.#checkLimit(member);
    }
    this.#driver.changed();
  }

  established(session: BgpSession): void {
    const { inner } = session.peer;
    if (inner === undefined) return;
    const { rib } = this.#driver;
    const source: PathSource = { kind: "bgpaas", name: session.peer.name, routerId: session.parameters.peerId };
    const onUntold = untoldReport(this.#logger, this.#untold, source.name);
    this.#members.set(session, new InnerMember(session, source, inner, { rib, onUntold }));
    this.#logger.info("BGP session inside an instance is up", { peer: session.peer.name });
  }

  update(session: BgpSession, { unreach, reach, announced }: Update): void {
    const member = this.#members.get(session);
    if (member === undefined) return;
    for (const each of unreach) {
      const table = member.table(each.family);
      if (table !== undefined) for (const prefix of prefixesOf(each)) this.#withdraw(member, table, prefix);
    }
    const attributes = announced && heardAttributes(announced.attributes, session.parameters);
    for (const each of reach) {
      const table = member.table(each.family);
      if (table === undefined) continue;
      const prefixes = prefixesOf(each);
      if (attributes === undefined) for (const prefix of prefixes) this.#withdraw(member, table, prefix);
      else this.#publish(member, table, prefixes, { nextHop: each.nextHop, attributes });
    }
    if (announced !== undefined && attributes === undefined && member.saysTooMuch())
      this.#logger.warn("BGP peer inside an instance gives routes with too many attributes", {
        peer: member.source.name,
      });
    this.#driver.changed();
    this.#checkLimit(member);
  }

  endOfRib(): void {}

  routeRefresh(session: BgpSession, family: FamilyName): void {
    this.#members.get(session)?.table(family)?.sayAll();
  }

  refreshMark(session: BgpSession, family: FamilyName, mark: "begin" | "end"): void {
    const member = this.#members.get(session);
    const table = member?.table(family);
    if (member === undefined || table === undefined) return;
    if (mark === "begin") table.refreshBegins();
    else this.#withdrawAll(member, table, table.refreshEnds());
  }

  familyDisabled(session: BgpSession, family: FamilyName): void {
    const member = this.#members.get(session);
    const table = member?.table(family);
    if (member !== undefined && table !== undefined) this.#withdrawAll(member, table, table.received);
  }

  drained(session: BgpSession): void {
    this.#members.get(session)?.drained();
  }

  /** Its routes go at once: whether the machine still forwards nobody knows. */
  down(session: BgpSession, { reason }: SessionDown): void {
    const member = this.#members.get(session);
    this.#members.delete(session);
    if (member === undefined) return;
    this.#driver.rib.forgetSource(member.source);
    this.#driver.changed();
    this.#logger.warn("BGP session inside an instance is down", { peer: session.peer.name, reason });
  }

  routesChanged(): void {}

  membershipsChanged(): void {}

  vrfsChanged(
    inet: ReadonlyMap<string, ReadonlySet<number>>,
    keyed: ReadonlyMap<string, ReadonlySet<KeyedVrfKey>>,
  ): void {
    for (const member of this.#members.values()) {
      const [keys, others] = [inet.get(member.instance), keyed.get(member.instance)];
      if (keys !== undefined) member.table("inet")?.changed(keys);
      if (others !== undefined) member.table("inet6")?.changed([...others].filter((key) => typeof key === "bigint"));
    }
  }

  /** What each router with a session has given and been sent, for introspect. */
  outputs(): readonly PeerOutput[] {
    return [...this.#members.values()].map((member) => {
      const tables = [...member.tables];
      const sum = (count: "missed" | "untold") => tables.reduce((total, { counts }) => total + counts[count], 0);
      const missed = sum("missed");
      return {
        name: member.session.peer.name,
        inStep: missed === 0,
        missed,
        memberships: undefined,
        untold: sum("untold"),
        received: Object.fromEntries(tables.map(({ family, received }) => [family, received.size])),
        advertised: Object.fromEntries(tables.map(({ family, counts }) => [family, counts.advertised])),
      };
    });
  }

  #publish(member: InnerMember, table: InnerTable, prefixes: readonly IpPrefix[], route: PeerRoute): void {
    for (const prefix of prefixes) table.heard(routeKey(prefix));
    this.#driver.rib.publishInside(member.source, member.instance, prefixes, route);
  }

  #withdraw(member: InnerMember, table: InnerTable, prefix: IpPrefix): void {
    table.received.delete(routeKey(prefix));
    this.#driver.rib.withdrawInside(member.source, member.instance, prefix);
  }

  #withdrawAll(member: InnerMember, table: InnerTable, keys: Iterable<RouteKey>): void {
    for (const key of [...keys]) this.#withdraw(member, table, prefixOfKey(key));
    this.#driver.changed();
  }

  #checkLimit({ session, source, tables }: InnerMember): void {
    let total = 0;
    for (const { family, received } of tables) {
      total += received.size;
      const own = session.peer.prefixLimits?.[family];
      const isOver = own !== undefined && received.size > own.maximum;
      if (!isOver && total <= MAX_ROUTES) continue;
      const limit = isOver ? own.maximum : MAX_ROUTES;
      this.#logger.error("BGP peer inside an instance gives too many routes", { peer: source.name, family, limit });
      session.stop("more routes than the limit", "route-limit", own?.holdDownMs);
      return;
    }
  }
}

/** The prefixes in a part of an UPDATE, of a family of routers of tenants. */
function prefixesOf({ family, routes }: Update["unreach"][number]): readonly IpPrefix[] {
  return family === "inet" || family === "inet6" ? routes : [];
}
