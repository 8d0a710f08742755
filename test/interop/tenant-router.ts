import {
  encodeAttributes,
  encodeReach,
  encodeUnreach,
  type PathAttributes,
  type SessionParameters,
  type Update,
} from "@contrail/bgp";
import { type BgpSession, startBgpSpeaker } from "@contrail/control-node/bgp";
import { formatInetAddress, parseInetPrefix } from "@contrail/net";
import { silentLogger, silentMeter } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import { PASSING_PORT } from "./passing-host.ts";

/** A router of a tenant: says what a test tells it to, and keeps what it hears. */
export class TenantRouter {
  /** Prefix to next hop and AS path. */
  readonly routes = new Map<string, string>();
  session: BgpSession | undefined;
  readonly ended: string[] = [];
  readonly #speaker: ReturnType<typeof startBgpSpeaker>;

  constructor(address: string, localAs: number, gateway: string, peerAs = 64_512) {
    this.#speaker = startBgpSpeaker({
      address,
      port: 0,
      clock: systemClock,
      logger: silentLogger,
      meter: silentMeter,
      timing: { connectRetryMs: 200, idleHoldMinMs: 50, idleHoldMaxMs: 400 },
      handler: {
        established: (session) => {
          this.session = session;
        },
        update: (_session, update) => this.#take(update),
        endOfRib: () => {},
        routeRefresh: () => {},
        refreshMark: () => {},
        familyDisabled: () => {},
        drained: () => {},
        down: (_session, { reason }) => {
          this.session = undefined;
          this.ended.push(reason);
          this.routes.clear();
        },
      },
    });
    const peer = {
      name: "gateway",
      address: gateway,
      port: PASSING_PORT,
      localAs,
      peerAs,
      families: ["inet" as const],
    };
    void this.#speaker.then((speaker) => speaker.setPeers([peer]));
  }

  announce(text: string, nextHop: number, more: Partial<PathAttributes> = {}): void {
    const { parameters } = this.#up();
    const lists = { communities: [], clusterList: [], extendedCommunities: [], largeCommunities: [], unknown: [] };
    const asPath = parameters.external ? [{ kind: "sequence" as const, autonomousSystems: [65_001] }] : [];
    const localPreference = parameters.external ? undefined : 100;
    const bytes = encodeAttributes({ origin: 0, asPath, localPreference, ...lists, ...more }, parameters);
    const reach = { family: "inet" as const, routes: [prefixOf(text)], nextHop };
    const encoded = encodeReach(reach, bytes, parameters.maxMessageBytes);
    if (encoded.kind === "encoded") for (const message of encoded.messages) this.#up().send(message);
  }

  withdraw(text: string): void {
    const messages = encodeUnreach({ family: "inet", routes: [prefixOf(text)] }, this.#up().parameters.maxMessageBytes);
    for (const message of messages) this.#up().send(message);
  }

  async close(): Promise<void> {
    await (await this.#speaker).close();
  }

  #up(): Pick<BgpSession, "send"> & { readonly parameters: SessionParameters } {
    if (this.session === undefined) throw new Error("the router has no session");
    return this.session;
  }

  #take({ unreach, reach, announced }: Update): void {
    for (const each of unreach)
      if (each.family === "inet") for (const route of each.routes) this.routes.delete(text(route));
    for (const each of reach) {
      if (each.family !== "inet") continue;
      const path = announced?.attributes.asPath.flatMap(({ autonomousSystems }) => autonomousSystems).join(" ");
      for (const route of each.routes)
        this.routes.set(text(route), `${formatInetAddress(Number(each.nextHop))} ${path}`);
    }
  }
}

function prefixOf(given: string) {
  const { address, length } = parseInetPrefix(given) ?? { address: 0, length: 0 };
  return { address, length };
}

function text({ address, length }: { readonly address: number; readonly length: number }): string {
  return `${formatInetAddress(address)}/${length}`;
}
