import {
  type Capability,
  decodeUpdate,
  encodeAttributes,
  encodeReach,
  FAMILIES,
  type FamilyRoutes,
  formatRoutes,
  MAX_EXTENDED_MESSAGE_BYTES,
  routeTarget,
  type SessionParameters,
  UPDATE,
} from "@contrail/bgp";
import { hexOf, PLAIN } from "@contrail/bgp/testing";
import { parseInetAddress } from "@contrail/net";
import { silentLogger, silentMeter } from "@contrail/observability";
import { Rib } from "@contrail/rib";
import { systemClock } from "@contrail/runtime";
import type { BgpSession, BgpSpeaker, DesiredPeer, PeerStatus } from "../shell/bgp/session-port.ts";
import { startBgpSpeaker } from "../shell/bgp/speaker.ts";
import { BgpExchange } from "../shell/bgp-exchange.ts";
import { RibDriver } from "../shell/rib-driver.ts";
import { RawPeer } from "./raw-peer.ts";

const NODE = "127.0.82.1";
/** Its next hop towards external peers: one on loopback is no router's address. */
const UNDERLAY = 0xac1f0001;
const LOCAL_AS = 64_512;
const FOREVER_MS = 600_000;
const TIMING = { ...{ connectRetryMs: FOREVER_MS, idleHoldMinMs: 1, idleHoldMaxMs: 1 }, stableAfterMs: FOREVER_MS };
const DEADLINE_MS = 30_000;
const KEEPALIVE_MS = 10_000;
const MAX_COMPLAINTS = 10;
/** Memberships would keep the VPN routes from a peer that does not ask for them. */
const OBSERVED = FAMILIES.filter((family) => family !== "route-target");
const WITNESS_ROUTES = 20;

/** One kind of session: how the node is configured, and what the peer leaves out of its OPEN. */
interface Kind {
  readonly desired: Partial<DesiredPeer>;
  readonly without?: readonly Capability["kind"][];
}

const WITNESSES = {
  "internal witness": { desired: { families: OBSERVED, client: true } },
  "external witness": { desired: { peerAs: 65_009, families: OBSERVED } },
} as const satisfies Readonly<Record<string, Kind>>;

/** Sessions that each read an UPDATE in another way, and two beside them that must not notice what befalls these. */
const KINDS: Readonly<Record<string, Kind>> = {
  internal: { desired: { client: true } },
  external: { desired: { peerAs: 65_001 } },
  "route server": { desired: { peerAs: 65_002, role: "route-server-client" } },
  gateway: { desired: { gateway: true, client: true } },
  "one family": { desired: { families: ["inet-vpn"], client: true } },
  "other external": { desired: { peerAs: 65_003 } },
  "two octets": { desired: { client: true }, without: ["four-octet-as"] },
  "extended next hop": { desired: { gateway: true, client: true }, without: ["add-path"] },
  "inet alone": { desired: { families: ["inet"], client: true } },
  ...WITNESSES,
};

type WitnessName = keyof typeof WITNESSES;
const WITNESS_NAMES = Object.keys(WITNESSES) as WitnessName[]; // Its own keys.
/** Kinds of sessions that may be told anything. */
export const FUZZED = Object.keys(KINDS).filter((name) => !(name in WITNESSES));

/** A session that may be told anything. */
export interface FuzzedSession {
  readonly peer: RawPeer;
  readonly parameters: SessionParameters;
}

/** Knows which session each peer has. */
class NotingExchange extends BgpExchange {
  readonly sessions = new Map<string, BgpSession>();

  override established(session: BgpSession): void {
    this.sessions.set(session.peer.name, session);
    super.established(session);
  }
}

/** The control node's BGP, tables and all, with peers over TCP; everything that it sends to any of them is read. */
export class FuzzWorld {
  readonly #rib = new Rib({ autonomousSystem: LOCAL_AS, routerId: parseInetAddress(NODE) ?? 0 });
  readonly #driver = new RibDriver(this.#rib, systemClock);
  readonly #exchange = new NotingExchange({
    driver: this.#driver,
    clock: systemClock,
    logger: silentLogger,
    localAddress: UNDERLAY,
    maxRoutes: 1_000_000,
    endOfRibWaitMs: FOREVER_MS,
    onHeard: () => {},
    untold: silentMeter.counter("untold", ""),
  });
  /** What the witnesses have learnt and not lost again. */
  readonly #tables = new Map<string, Set<string>>();
  readonly #witnesses: RawPeer[] = [];
  #speaker: (BgpSpeaker & { readonly port: number }) | undefined;
  #expected = "";
  /** What the node has sent that is no good message for its receiver; the first ten, and how many there were. */
  readonly complaints: string[] = [];
  complaintCount = 0;
  /** UPDATEs of the node that were read. */
  checked = 0;

  /** Listens, and has both witnesses tell each other their routes. */
  async start(): Promise<void> {
    const targets = [routeTarget(LOCAL_AS, 100)];
    this.#rib.setInstance({ name: "red", importTargets: targets, exportTargets: targets, virtualNetworkId: 5 });
    const options = { clock: systemClock, logger: silentLogger, meter: silentMeter, timing: TIMING };
    this.#speaker = await startBgpSpeaker({ address: NODE, port: 0, handler: this.#exchange, ...options });
    const peers = Object.keys(KINDS).map(desiredPeer);
    this.#speaker.setPeers(peers);
    this.#exchange.setPeers(peers);
    this.#exchange.configComplete();
    this.#exchange.synchronized();
    for (const name of WITNESS_NAMES) {
      this.#tables.set(name, new Set());
      const { peer } = await this.connect(name);
      this.#witnesses.push(peer);
      peer.keepAlive(systemClock, KEEPALIVE_MS);
      peer.write(...witnessRoutes(name));
    }
    await this.until("the witnesses know each other's routes", () =>
      [...this.#tables.values()].every(({ size }) => size === WITNESS_ROUTES),
    );
    this.#expected = this.#state();
  }

  /** A new session of a kind. */
  async connect(name: string): Promise<FuzzedSession> {
    const before = this.#exchange.sessions.get(name);
    const peer = await this.open(name);
    await this.until(`a session ${name}`, () => this.#exchange.sessions.get(name) !== before);
    const session = this.#exchange.sessions.get(name);
    if (session === undefined) throw new Error(`no session ${name}`);
    return { peer, parameters: session.parameters };
  }

  /** A connection of a kind, with OPEN and KEEPALIVE on their way, as soon as the node takes one. */
  async open(name: string, ...first: readonly Uint8Array[]): Promise<RawPeer> {
    await this.until(`${name} is taken`, () => this.status(name).state === "active");
    const { address, peerAs, families, gateway } = desiredPeer(name);
    const addPath = FAMILIES.map((family) => ({ family, receive: true, send: true }));
    return new RawPeer({
      address,
      node: { address: NODE, port: this.#speaker?.port ?? 0 },
      settings: { localAs: peerAs, families, ...(gateway === true ? { addPath, extendedNextHop: true } : {}) },
      without: KINDS[name]?.without ?? [],
      first,
      onMessage: (type, body) => {
        if (type === UPDATE) this.#check(name, body);
      },
    });
  }

  status(name: string): PeerStatus {
    const found = this.#speaker?.status().find((status) => status.name === name);
    if (found === undefined) throw new Error(`no peer ${name}`);
    return found;
  }

  /** Once no other session is left: how tables and witnesses differ from what they were before; "" where nothing does. */
  async difference(): Promise<string> {
    const lost = WITNESS_NAMES.filter((name) => {
      const { state, establishedCount } = this.status(name);
      return state !== "established" || establishedCount !== 1;
    });
    if (lost.length > 0) return `sessions were lost: ${lost}`;
    try {
      await this.until("the tables are as before", () => this.#state() === this.#expected);
      return "";
    } catch {
      return `before: ${this.#expected}, after: ${this.#state()}`;
    }
  }

  async close(): Promise<void> {
    for (const peer of this.#witnesses) peer.destroy();
    await this.#speaker?.close();
    this.#exchange.close();
  }

  /** Lets everything in this process go on until something holds. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const untilMs = systemClock.monotonicMs() + DEADLINE_MS;
    while (!holds()) {
      if (systemClock.monotonicMs() > untilMs) throw new Error(`${what}: not within ${DEADLINE_MS} ms`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Sizes of the tables, what the witnesses know, and what the instance has. */
  #state(): string {
    const tables = FAMILIES.map((family) => `${family} ${this.#rib.table(family).size}`);
    const known = WITNESS_NAMES.map((name) => [...(this.#tables.get(name) ?? [])].sort().join("; "));
    const imported = [...(this.#rib.routeKeys("red") ?? [])].length;
    return [tables.join(), ...known, `${imported} imported`].join(" | ");
  }

  /** What the node sends must be good, whatever it was told by others. */
  #check(name: string, body: Uint8Array): void {
    const parameters = this.#exchange.sessions.get(name)?.parameters;
    if (parameters === undefined) return;
    this.checked++;
    const verdict = decodeUpdate(body, { ...parameters, addPathReceive: parameters.addPathSend });
    if (verdict.kind === "end-of-rib") return;
    const good = verdict.kind === "update" && verdict.discarded.length === 0;
    if (!good || body.length > MAX_EXTENDED_MESSAGE_BYTES) {
      this.complaintCount++;
      const problems = "discarded" in verdict ? verdict.discarded : verdict;
      if (this.complaints.length < MAX_COMPLAINTS)
        this.complaints.push(`sent to ${name}: ${verdict.kind} ${JSON.stringify(problems, printable)}: ${hexOf(body)}`);
      return;
    }
    const table = this.#tables.get(name);
    if (table === undefined) return;
    for (const routes of verdict.update.unreach) for (const text of textsOf(routes)) table.delete(text);
    for (const routes of verdict.update.reach) for (const text of textsOf(routes)) table.add(text);
  }
}

function textsOf(routes: FamilyRoutes): string[] {
  return formatRoutes(routes).map((text) => `${routes.family} ${text}`);
}

function desiredPeer(name: string): DesiredPeer {
  const address = `127.0.82.${10 + Object.keys(KINDS).indexOf(name)}`;
  const common = { passive: true, clusterId: 7, gracefulRestartMs: 0, longLivedStaleMs: 0 };
  const base = { name, address, port: 179, localAs: LOCAL_AS, peerAs: LOCAL_AS, families: FAMILIES };
  return { ...base, ...common, ...KINDS[name]?.desired };
}

/** Routes that nobody else has. */
function witnessRoutes(name: string): readonly Uint8Array[] {
  const { peerAs } = desiredPeer(name);
  const internal = { localPreference: 100, asPath: [] };
  const external = { asPath: [{ kind: "sequence" as const, autonomousSystems: [peerAs] }] };
  const routes = Array.from({ length: WITNESS_ROUTES }, (_, index) => {
    return { rdHigh: 9, rdLow: peerAs, address: 0x63000000 + index, length: 32, label: 16 + index };
  });
  const own = peerAs === LOCAL_AS ? internal : external;
  const attributes = encodeAttributes({ ...PLAIN, ...own }, { fourOctetAs: true });
  const encoded = encodeReach({ family: "inet-vpn", routes, nextHop: 0xac1f0009 }, attributes, 4096);
  return encoded.kind === "encoded" ? encoded.messages : [];
}

function printable(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
