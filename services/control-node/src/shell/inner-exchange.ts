import type { FamilyName, Update } from "@contrail/bgp";
import type { InetPrefix } from "@contrail/net";
import type { Counter, Logger } from "@contrail/observability";
import { type PathSource, type PeerRoute, prefixKey } from "@contrail/rib";
import { heardAttributes } from "../core/inner-routes.ts";
import type { BgpSession, BgpSessionHandler, SessionDown } from "./bgp/session-port.ts";
import type { PeerOutput } from "./bgp-exchange.ts";
import { InnerMember } from "./inner-member.ts";
import type { RibDriver, RibListener } from "./rib-driver.ts";
import { untoldReport } from "./untold-report.ts";

/** Routes that a router of a tenant may give where no limit is configured; with one more its session ends. */
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
      if (each.family === "inet") for (const route of each.routes) this.#withdraw(member, route);
    }
    const attributes = announced && heardAttributes(announced.attributes, session.parameters);
    for (const each of reach) {
      if (each.family !== "inet") continue;
      for (const route of each.routes) {
        if (attributes === undefined) this.#withdraw(member, route);
        else this.#publish(member, route, { nextHop: each.nextHop, attributes });
      }
    }
    if (announced !== undefined && attributes === undefined && member.saysTooMuch())
      this.#logger.warn("BGP peer inside an instance gives routes with too many attributes", {
        peer: member.source.name,
      });
    this.#driver.changed();
    this.#checkLimit(member);
  }

  endOfRib(): void {}

  routeRefresh(session: BgpSession): void {
    this.#members.get(session)?.sayAll();
  }

  refreshMark(session: BgpSession, _family: FamilyName, mark: "begin" | "end"): void {
    const member = this.#members.get(session);
    if (member === undefined) return;
    if (mark === "begin") member.refreshBegins();
    else this.#withdrawAll(member, member.refreshEnds());
  }

  familyDisabled(session: BgpSession): void {
    const member = this.#members.get(session);
    if (member !== undefined) this.#withdrawAll(member, member.received);
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

  vrfsChanged(changed: ReadonlyMap<string, ReadonlySet<number>>): void {
    for (const member of this.#members.values()) {
      const keys = changed.get(member.instance);
      if (keys !== undefined) member.changed(keys);
    }
  }

  /** What each router with a session has given and been sent, for introspect. */
  outputs(): readonly PeerOutput[] {
    return [...this.#members.values()].map((member) => {
      const { advertised, missed, untold } = member.counts;
      return {
        name: member.session.peer.name,
        inStep: missed === 0,
        missed,
        memberships: undefined,
        untold,
        received: { inet: member.received.size },
        advertised: { inet: advertised },
      };
    });
  }

  #publish(member: InnerMember, { address, length }: InetPrefix, route: PeerRoute): void {
    member.heard(prefixKey(address, length));
    this.#driver.rib.publishInside(member.source, member.instance, { address, length }, route);
  }

  #withdraw(member: InnerMember, { address, length }: InetPrefix): void {
    member.received.delete(prefixKey(address, length));
    this.#driver.rib.withdrawInside(member.source, member.instance, { address, length });
  }

  #withdrawAll(member: InnerMember, keys: Iterable<number>): void {
    for (const key of [...keys]) this.#withdraw(member, { address: Math.floor(key / 64), length: key % 64 });
    this.#driver.changed();
  }

  #checkLimit(member: InnerMember): void {
    const { session, received, source } = member;
    const own = session.peer.prefixLimits?.inet;
    const limit = Math.min(own?.maximum ?? MAX_ROUTES, MAX_ROUTES);
    if (received.size <= limit) return;
    this.#logger.error("BGP peer inside an instance gives too many routes", { peer: source.name, limit });
    session.stop("more routes than the limit", "route-limit", own?.holdDownMs);
  }
}
