import type { FamilyName, Reach, Unreach, Update } from "@contrail/bgp";
import type { BgpSession, BgpSessionHandler, SessionDown } from "./session-port.ts";

/** What happened on the sessions of a speaker, for tests: in order, and the sessions that are up. */
export class RecordingHandler implements BgpSessionHandler {
  readonly events: string[] = [];
  readonly updates: Update[] = [];
  readonly downs: SessionDown[] = [];
  readonly sessions = new Map<string, BgpSession>();
  readonly #established: (session: BgpSession) => void;
  drains = 0;

  /** `established` is what the RIB would do with a new session: send its routes. */
  constructor(established: (session: BgpSession) => void = () => {}) {
    this.#established = established;
  }

  get reach(): Reach[] {
    return this.updates.flatMap(({ reach }) => reach);
  }

  get unreach(): Unreach[] {
    return this.updates.flatMap(({ unreach }) => unreach);
  }

  established(session: BgpSession): void {
    this.events.push(`established ${session.peer.name}`);
    this.sessions.set(session.peer.name, session);
    this.#established(session);
  }

  update(_: BgpSession, update: Update): void {
    this.updates.push(update);
  }

  endOfRib(session: BgpSession, family: FamilyName): void {
    this.events.push(`end-of-rib ${session.peer.name} ${family}`);
  }

  routeRefresh(session: BgpSession, family: FamilyName): void {
    this.events.push(`route-refresh ${session.peer.name} ${family}`);
  }

  refreshMark(session: BgpSession, family: FamilyName, mark: "begin" | "end"): void {
    this.events.push(`refresh ${mark} ${session.peer.name} ${family}`);
  }

  familyDisabled(session: BgpSession, family: FamilyName): void {
    this.events.push(`disabled ${session.peer.name} ${family}`);
  }

  drained(): void {
    this.drains++;
  }

  down(session: BgpSession, down: SessionDown): void {
    this.events.push(`down ${session.peer.name}`);
    this.downs.push(down);
    if (this.sessions.get(session.peer.name) === session) this.sessions.delete(session.peer.name);
  }
}
