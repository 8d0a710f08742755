import {
  decodeRouteRefresh,
  decodeUpdate,
  type FamilyRoutes,
  formatRoutes,
  HEADER_BYTES,
  ROUTE_REFRESH,
  type SessionParameters,
  UPDATE,
} from "@contrail/bgp";
import type { BgpSession, DesiredPeer, StopCause } from "../shell/bgp/session-port.ts";

/** The far end of a session without sockets, for tests: reads what it is sent into a table, and may be slow to take it. */
export class ListeningPeer implements BgpSession {
  peer: DesiredPeer;
  readonly parameters: SessionParameters;
  /** What it has learnt and not lost again: "rd address/length", or a route's text, to "next hop label groups". */
  readonly table = new Map<string, string>();
  /** "end-of-rib", "begin", "end", in order. */
  readonly markers: string[] = [];
  readonly messages: Uint8Array[] = [];
  /** Messages that it takes before its output counts as full. */
  room = Number.POSITIVE_INFINITY;
  stopped: StopCause | undefined;
  restartMs = 0;

  constructor(name: string, more: Partial<SessionParameters> = {}) {
    this.peer = { name, address: name, port: 179, localAs: 64_512, peerAs: 64_512, families: ["inet-vpn"] };
    this.parameters = {
      external: false,
      peerAs: 64_512,
      peerId: name.length,
      families: ["inet-vpn"],
      fourOctetAs: true,
      maxMessageBytes: 4096,
      holdTimeMs: 90_000,
      routeRefresh: true,
      enhancedRouteRefresh: true,
      gracefulRestart: undefined,
      longLived: [],
      addPathReceive: [],
      addPathSend: [],
      extendedNextHop: [],
      role: undefined,
      ...more,
    };
  }

  send(bytes: Uint8Array): boolean {
    this.messages.push(bytes);
    this.#read(bytes);
    this.room -= 1;
    return this.room > 0;
  }

  pause(): void {}

  resume(): void {}

  stop(_reason: string, cause: StopCause = "reset", restartMs = 0): void {
    this.stopped = cause;
    this.restartMs = restartMs;
  }

  #read(bytes: Uint8Array): void {
    const body = bytes.subarray(HEADER_BYTES);
    if (bytes[18] === ROUTE_REFRESH) {
      const verdict = decodeRouteRefresh(body);
      this.markers.push(verdict.kind === "route-refresh" ? verdict.refresh.subtype : verdict.kind);
      return;
    }
    if (bytes[18] !== UPDATE) throw new Error(`message type ${bytes[18]}`);
    const verdict = decodeUpdate(body, { ...this.parameters, addPathReceive: this.parameters.addPathSend });
    if (verdict.kind === "end-of-rib") this.markers.push("end-of-rib");
    else if (verdict.kind !== "update") throw new Error(verdict.kind);
    else this.#apply(verdict.update);
  }

  #apply({ unreach, reach, announced }: Extract<ReturnType<typeof decodeUpdate>, { kind: "update" }>["update"]): void {
    for (const { family, routes, pathIds } of unreach) {
      if (family !== "inet-vpn") {
        for (const text of formatRoutes({ family, routes } as FamilyRoutes)) this.table.delete(text); // As they came.
        continue;
      }
      for (const [index, { rdHigh, rdLow, address, length }] of routes.entries())
        this.table.delete(`${named(pathIds?.[index])}${rdHigh}:${rdLow} ${address}/${length}`);
    }
    for (const each of reach) {
      const communities = announced?.attributes.extendedCommunities.join();
      if (each.family !== "inet-vpn") {
        for (const text of formatRoutes(each)) this.table.set(text, `${each.nextHop} ${communities}`);
        continue;
      }
      for (const [index, { rdHigh, rdLow, address, length, label }] of each.routes.entries())
        this.table.set(
          `${named(each.pathIds?.[index])}${rdHigh}:${rdLow} ${address}/${length}`,
          `${each.nextHop} ${label} ${communities}`,
        );
    }
  }
}

/** What stands before a route with add-path. */
function named(pathId: number | undefined): string {
  return pathId === undefined ? "" : `path ${pathId} `;
}
