import type { BgpSession, BgpSessionHandler } from "./bgp/session-port.ts";

/** Gives sessions with routers of tenants to those who know instances, all others to those who know the tables. */
export function dispatchSessions(outer: BgpSessionHandler, inner: BgpSessionHandler): BgpSessionHandler {
  const of = ({ peer }: BgpSession): BgpSessionHandler => (peer.inner === undefined ? outer : inner);
  return {
    established: (session) => of(session).established(session),
    update: (session, update) => of(session).update(session, update),
    endOfRib: (session, family) => of(session).endOfRib(session, family),
    routeRefresh: (session, family) => of(session).routeRefresh(session, family),
    refreshMark: (session, family, mark) => of(session).refreshMark(session, family, mark),
    familyDisabled: (session, family) => of(session).familyDisabled(session, family),
    drained: (session) => of(session).drained(session),
    down: (session, down) => of(session).down(session, down),
  };
}
