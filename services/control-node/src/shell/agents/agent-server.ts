import type { Clock, Timer } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph, GraphChange } from "@contrail/graph";
import { formatInetAddress, parseInetAddress } from "@contrail/net";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import type { KeyedVrfKey, PathSource, VrfKey } from "@contrail/rib";
import { addressesOf, peerOf, type RpcServer, serveRpc } from "@contrail/rpc";
import { MODEL_VERSION, majorProblem, UNSAID_VERSION } from "@contrail/schema";
import { agentWire } from "@contrail/wire";
import { MAX_SUBSCRIPTIONS } from "../../core/own-instances.ts";
import type { RibDriver, RibListener } from "../rib-driver.ts";
import { fromWireDestination } from "./agent-destination.ts";
import { type AgentFamily, familyOfKey, fromWireFamilies, toWireFamilies } from "./agent-family.ts";
import { fromWireRoute } from "./agent-route.ts";
import { AgentScope } from "./agent-scope.ts";
import { AgentSession, type Completeness } from "./agent-session.ts";
import { type AgentStream, AgentStreams, tooMany } from "./agent-streams.ts";
import { encodeRoutes } from "./vrf-route-messages.ts";

/** What the server of agents works on, and its times in milliseconds. */
export interface AgentServerOptions {
  readonly nodeName: string;
  readonly autonomousSystem: number;
  readonly graph: ConfigGraph;
  readonly driver: RibDriver;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keepaliveMs: number;
  readonly holdMs: number;
  /** How long the routes of an agent that is away are kept. */
  readonly gracefulRestartMs: number;
  /** An agent has published all of its routes. */
  readonly onEndOfRib: (agentName: string) => void;
  /** Agents that it may have, those that are away included. Absent: 10,000. */
  readonly maxAgents?: number | undefined;
}

const MAX_AGENTS = 10_000;

/** Routes that one agent may hold here: each of its interfaces has some addresses. */
const MAX_ROUTES = 65_536;
/** Longest name of an instance or a machine: 16 parts of 1,024 characters, and what stands between. */
const MAX_NAME = 16 * 1_025;
/** Hold times that an agent may take nothing of what waits for it, as RFC 9687 has it for BGP peers. */
const SEND_HOLDS = 8;
/** Those that a session has where its agent asks for them. */
const KEYED_FAMILIES: readonly AgentFamily[] = ["inet6", "e-vpn"];

/** One agent as the node knows it, across its sessions. */
interface Agent {
  readonly source: PathSource;
  /** The instances that it may have routes of. */
  readonly scope: AgentScope;
  /** The agent's numbers of the instances that it subscribed. */
  readonly instanceIds: Map<string, number>;
  session: AgentSession | undefined;
  stream: AgentStream | undefined;
  hold: Timer | undefined;
  /** Since when it has taken nothing of a full output, on the clock's monotonic scale; undefined while it takes. */
  stuckSinceMs: number | undefined;
  /** Runs while the agent is away and its routes are kept. */
  away: Timer | undefined;
  /** Runs from the start of a session until its end-of-rib: then what is still stale goes in any case. */
  resync: Timer | undefined;
}

/** The agents' side of a control node: sessions, subscriptions, routes both ways. */
export class AgentServer implements RibListener {
  readonly #options: AgentServerOptions;
  readonly #agents = new Map<string, Agent>();
  readonly #maxAgents: number;
  readonly #streams: AgentStreams;
  #complete: Completeness = { config: false, routes: false };
  #keepalive: Timer | undefined;
  #closed = false;

  constructor(options: AgentServerOptions) {
    this.#options = options;
    this.#maxAgents = options.maxAgents ?? MAX_AGENTS;
    this.#streams = new AgentStreams(options.clock, this.#maxAgents);
    options.driver.addListener(this);
    this.#scheduleKeepalive();
  }

  /** Serves over mutual TLS until the server is closed. */
  listen(identity: Identity, address: string): Promise<RpcServer> {
    const { session } = agentWire.AgentServiceService;
    const definition = {
      session: { ...session, responseSerialize: (bytes: unknown) => Buffer.from(bytes as Uint8Array) },
    };
    // grpc-js hands in streams of the types of the definition above.
    const implementation = { session: (stream: unknown) => this.#accept(stream as AgentStream) } as never;
    return serveRpc(identity, address, [{ definition, implementation, allowedRoles: ["agent"] }]);
  }

  close(): void {
    this.#closed = true;
    this.#keepalive?.cancel();
    for (const agent of this.#agents.values()) {
      agent.hold?.cancel();
      agent.away?.cancel();
      agent.resync?.cancel();
    }
  }

  /** The configuration log has been read up to where it was at the start. */
  configComplete(): void {
    for (const { scope } of this.#agents.values()) scope.review();
    this.#completed({ ...this.#complete, config: true });
  }

  /** All agents and peers have been heard, or waited for long enough. */
  routesComplete(): void {
    this.#completed({ ...this.#complete, routes: true });
  }

  #completed(complete: Completeness): void {
    this.#complete = complete;
    for (const { session } of this.#agents.values()) session?.completed(complete);
  }

  configChanged(change: GraphChange): void {
    for (const { session, scope } of this.#agents.values()) {
      scope.configChanged(change);
      session?.configChanged(change);
    }
  }

  /** Sends what changes of the configuration have left to be sent; once after a batch of them. */
  flush(): void {
    for (const { session, scope } of this.#agents.values()) {
      scope.review();
      session?.flush();
    }
  }

  routesChanged(): void {}

  membershipsChanged(): void {}

  vrfsChanged(
    inet: ReadonlyMap<string, ReadonlySet<number>>,
    keyed: ReadonlyMap<string, ReadonlySet<KeyedVrfKey>>,
  ): void {
    for (const [name, keys] of inet) this.#tellRoutes(name, "inet", keys);
    for (const [name, keys] of keyed) {
      for (const family of KEYED_FAMILIES) {
        const ofFamily = new Set([...keys].filter((key) => familyOfKey(key) === family));
        if (ofFamily.size > 0) this.#tellRoutes(name, family, ofFamily);
      }
    }
  }

  #tellRoutes(name: string, family: AgentFamily, keys: ReadonlySet<VrfKey>): void {
    let bodies: readonly Uint8Array[] | undefined;
    const shared = (): readonly Uint8Array[] => {
      bodies ??= encodeRoutes(this.#options.driver.rib, name, keys);
      return bodies;
    };
    for (const { session } of this.#agents.values()) session?.routesChanged(name, family, keys, shared);
  }

  /** For introspect. */
  status() {
    return [...this.#agents].map(([name, { source, session, away }]) => ({
      name,
      address: formatInetAddress(source.routerId),
      state: session !== undefined ? "established" : away !== undefined ? "stale" : "down",
      ...session?.state,
    }));
  }

  /** Streams of agents, those that are being ended included. */
  get streams(): number {
    return this.#streams.count;
  }

  #accept(stream: AgentStream): void {
    const { name } = peerOf(stream as never); // Any call has what it reads; the server has let in no other.
    if (!this.#streams.came(name, stream)) return;
    let agent: Agent | undefined;
    const patience = this.#options.clock.setTimer(this.#options.holdMs, () =>
      this.#refuse(name, stream, "control.unavailable", "no Hello came within the hold time"),
    );
    let refused = false;
    stream.on("data", (message: agentWire.AgentMessage) => {
      if (refused) return;
      try {
        patience.cancel();
        if (agent === undefined) agent = this.#hello(stream, message);
        else if (agent.stream === stream) this.#handle(agent, message);
      } catch (reason) {
        refused = true;
        const error = ContrailError.from(reason);
        this.#options.logger.warn("agent refused", { code: error.code, message: error.message });
        this.#refuse(name, stream, error.code, error.message);
      }
    });
    const gone = (): void => {
      patience.cancel();
      if (agent?.stream === stream) this.#lost(agent);
    };
    stream.on("end", () => {
      stream.end();
      gone();
    });
    stream.on("cancelled", gone);
    stream.on("close", gone);
    stream.on("error", gone);
  }

  #hello(stream: AgentStream, message: agentWire.AgentMessage): Agent {
    const { logger, gracefulRestartMs } = this.#options;
    if (message.message?.$case !== "hello")
      throw new ContrailError("control.bad_request", "the first message is Hello");
    const { agentName, hostAddress, forwardingPreserved, model = UNSAID_VERSION, families } = message.message.value;
    const problem = majorProblem(MODEL_VERSION, model, `agent ${agentName}`);
    if (problem !== undefined) throw new ContrailError("control.precondition_failed", problem);
    const call = stream as never; // Any call has what peerOf and addressesOf read.
    const peer = peerOf(call);
    if (peer.name !== agentName) {
      throw new ContrailError("control.permission_denied", `the certificate is of ${peer.name}, not of ${agentName}`);
    }
    const address = parseInetAddress(hostAddress);
    if (address === undefined)
      throw new ContrailError("control.bad_request", `host_address ${hostAddress} is no address`);
    if (!addressesOf(call).includes(hostAddress)) {
      throw new ContrailError("control.permission_denied", `the certificate of ${agentName} is not for ${hostAddress}`);
    }
    const agent = this.#agentOf(agentName, address);
    agent.stream = stream;
    this.#streams.admitted(agentName, stream);
    agent.away?.cancel();
    agent.away = undefined;
    agent.instanceIds.clear();
    agent.resync?.cancel();
    agent.resync = this.#options.clock.setTimer(gracefulRestartMs, () => this.#sweep(agent));
    if (forwardingPreserved) this.#options.driver.rib.markStale(agent.source);
    else this.#options.driver.rib.removeSource(agent.source);
    this.#options.driver.changed();
    agent.stuckSinceMs = undefined;
    stream.on("drain", () => this.#drained(agent, stream));
    const { graph, driver } = this.#options;
    const session = new AgentSession(
      agentName,
      graph,
      driver.rib,
      { write: (bytes) => stream.write(bytes) },
      this.#complete,
      fromWireFamilies(families),
    );
    agent.session = session;
    agent.scope.begin(session, forwardingPreserved);
    session.sendPlain({ $case: "welcome", value: this.#welcome(session) });
    this.#heard(agent);
    logger.info("agent is up", { agent: agentName, forwardingPreserved });
    return agent;
  }

  #welcome({ families }: AgentSession): agentWire.Welcome {
    const { nodeName: controlNodeName, keepaliveMs, holdMs, gracefulRestartMs, autonomousSystem } = this.#options;
    const timing = { keepaliveMs, holdMs, gracefulRestartMs };
    return { controlNodeName, ...timing, autonomousSystem, model: MODEL_VERSION, families: toWireFamilies(families) };
  }

  #handle(agent: Agent, { message }: agentWire.AgentMessage): void {
    const { session, source, scope } = agent;
    if (session === undefined || message === undefined) return;
    this.#heard(agent);
    switch (message.$case) {
      case "wantConfig":
        session.wantConfig(message.value.wanted);
        return;
      case "vmSubscribe":
        bounded(session.subscribedMachines, MAX_SUBSCRIPTIONS, "machines");
        session.subscribeMachine(named(message.value.vmUuid));
        scope.addMachine(message.value.vmUuid);
        return;
      case "vmUnsubscribe":
        session.unsubscribeMachine(message.value.vmUuid);
        scope.removeMachine(message.value.vmUuid);
        return;
      case "vrfSubscribe":
        bounded(session.subscribedInstances, MAX_SUBSCRIPTIONS, "routing instances");
        agent.instanceIds.set(named(message.value.vrf), message.value.instanceId);
        session.subscribeInstance(message.value.vrf, scope.owns(message.value.vrf));
        return;
      case "vrfUnsubscribe":
        session.unsubscribeInstance(message.value.vrf);
        agent.instanceIds.delete(message.value.vrf);
        this.#options.driver.rib.removePublication(source, message.value.vrf);
        this.#options.driver.changed();
        return;
      case "routePublish":
        this.#publish(agent, message.value);
        return;
      case "routeWithdraw":
        this.#withdraw(session, source, message.value);
        return;
      case "endOfRib":
        this.#sweep(agent);
        this.#options.onEndOfRib(source.name);
        return;
      case "acknowledge":
        session.acknowledge(message.value.sequence);
        return;
      default:
        return;
    }
  }

  #publish({ session, source, instanceIds, scope }: Agent, { vrf, routes }: agentWire.RoutePublish): void {
    if (session?.isSubscribed(vrf) !== true) throw new ContrailError("control.bad_request", `${vrf} is not subscribed`);
    const instanceId = instanceIds.get(vrf) ?? 0;
    const { rib } = this.#options.driver;
    bounded(rib.routeCount(source) + routes.length - 1, MAX_ROUTES, "routes");
    const publisher = { hostAddress: source.routerId, families: session.families };
    const made = routes.flatMap((route) => fromWireRoute(route, publisher) ?? []);
    const held = !scope.owns(vrf);
    for (const route of made) rib.publish(source, vrf, instanceId, route, held);
    this.#options.driver.changed();
  }

  #withdraw({ families }: AgentSession, source: PathSource, { vrf, prefixes }: agentWire.RouteWithdraw): void {
    const { rib } = this.#options.driver;
    for (const destination of prefixes.flatMap((prefix) => fromWireDestination(prefix, families) ?? [])) {
      if ("type" in destination) rib.withdrawEvpn(source, vrf, destination);
      else rib.withdraw(source, vrf, destination.address, destination.length);
    }
    this.#options.driver.changed();
  }

  /** Removes what an agent has not published again in its session. */
  #sweep(agent: Agent): void {
    agent.resync?.cancel();
    agent.resync = undefined;
    this.#options.driver.rib.sweep(agent.source);
    agent.scope.settle();
    this.#options.driver.changed();
  }

  /** The session is gone: the routes stay, stale, until the agent is back or the time is over. */
  #lost(agent: Agent): void {
    const { clock, driver, gracefulRestartMs, logger } = this.#options;
    agent.stream = undefined;
    agent.session = undefined;
    agent.scope.end();
    agent.hold?.cancel();
    agent.resync?.cancel();
    agent.resync = undefined;
    if (this.#closed) return;
    driver.rib.markStale(agent.source);
    agent.away?.cancel();
    agent.away = clock.setTimer(gracefulRestartMs, () => {
      agent.away = undefined;
      driver.rib.removeSource(agent.source);
      agent.scope.clear();
      driver.changed();
    });
    logger.warn("agent is away", { agent: agent.source.name });
  }

  #heard(agent: Agent): void {
    const { stream } = agent;
    agent.hold?.cancel();
    const { clock, holdMs } = this.#options;
    // The process may have been too busy to read what came in time: one turn of the event loop decides.
    const hold = clock.setTimer(holdMs, () => setImmediate(() => agent.hold === hold && this.#silent(agent, stream)));
    agent.hold = hold;
  }

  /** The hold time of an agent is over. */
  #silent(agent: Agent, stream: AgentStream | undefined): void {
    if (stream === undefined || agent.stream !== stream) return;
    this.#options.logger.warn("agent's hold time is over", { agent: agent.source.name });
    this.#lost(agent);
    this.#refuse(agent.source.name, stream, "control.unavailable", "the hold time is over");
  }

  #drained(agent: Agent, stream: AgentStream): void {
    if (agent.stream !== stream) return;
    agent.stuckSinceMs = undefined;
    agent.session?.ready();
  }

  /** An agent that says that it lives and reads nothing is none: it would hold stale routes for ever. */
  #watchOutput(agent: Agent): void {
    const { stream, session } = agent;
    if (stream === undefined || session?.isFull !== true) return;
    const { clock, holdMs, logger } = this.#options;
    agent.stuckSinceMs ??= clock.monotonicMs();
    if (clock.monotonicMs() - agent.stuckSinceMs < SEND_HOLDS * holdMs) return;
    logger.warn("agent takes nothing of what it is sent", { agent: agent.source.name });
    this.#lost(agent);
    this.#refuse(agent.source.name, stream, "control.unavailable", "the agent does not read");
  }

  /** Ends a session with a status that says why. */
  #refuse(agentName: string, stream: AgentStream, code: string, text: string): void {
    this.#streams.refuse(agentName, stream, new ContrailError(code, text));
  }

  #agentOf(name: string, hostAddress: number): Agent {
    const known = this.#agents.get(name);
    if (known !== undefined && known.source.routerId === hostAddress) return known;
    if (known !== undefined) this.#forget(known);
    else this.#makeRoom();
    const source: PathSource = { kind: "agent", name, routerId: hostAddress };
    const { graph, driver } = this.#options;
    const made: Agent = {
      source,
      scope: new AgentScope(source, graph, driver),
      instanceIds: new Map(),
      session: undefined,
      stream: undefined,
      hold: undefined,
      stuckSinceMs: undefined,
      away: undefined,
      resync: undefined,
    };
    this.#agents.set(name, made);
    return made;
  }

  /** An agent of which nothing is known any more makes room for a new one; throws where none does. */
  #makeRoom(): void {
    if (this.#agents.size < this.#maxAgents) return;
    for (const [name, { session, away }] of this.#agents) {
      if (session !== undefined || away !== undefined) continue;
      this.#agents.delete(name);
      return;
    }
    throw tooMany(this.#maxAgents);
  }

  /** The host has another address now: nothing that was said under the old one counts. */
  #forget(agent: Agent): void {
    const { stream } = agent;
    for (const timer of [agent.hold, agent.away, agent.resync]) timer?.cancel();
    agent.stream = undefined;
    agent.session = undefined;
    agent.scope.end();
    const { name } = agent.source;
    if (stream !== undefined) this.#refuse(name, stream, "control.conflict", `${name} has another address`);
    this.#options.driver.rib.removeSource(agent.source);
    this.#options.driver.changed();
  }

  #scheduleKeepalive(): void {
    this.#keepalive = this.#options.clock.setTimer(this.#options.keepaliveMs, () => {
      for (const agent of this.#agents.values()) {
        agent.session?.keepalive();
        this.#watchOutput(agent);
      }
      this.#scheduleKeepalive();
    });
  }
}

/** Throws where a count has reached its bound. */
function bounded(count: number, limit: number, what: string): void {
  if (count >= limit) throw new ContrailError("control.over_quota", `an agent may have ${limit} ${what}`);
}

/** Throws where a name is longer than one can be. */
function named(name: string): string {
  if (name.length <= MAX_NAME) return name;
  throw new ContrailError("control.bad_request", `a name of ${name.length} characters`);
}
