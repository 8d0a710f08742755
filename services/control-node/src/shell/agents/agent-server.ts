import type { Clock, Timer } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph, GraphChange } from "@contrail/graph";
import { formatInetAddress, parseInetAddress } from "@contrail/net";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import type { AgentRoute, PathSource } from "@contrail/rib";
import { peerOf, type RpcServer, serveRpc, toServiceError } from "@contrail/rpc";
import { agentWire } from "@contrail/wire";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { RibDriver, RibListener } from "../rib-driver.ts";
import { AgentSession, encodeRoutes } from "./agent-session.ts";

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
}

type Stream = ServerDuplexStream<agentWire.AgentMessage, Uint8Array>;

/** One agent as the node knows it, across its sessions. */
interface Agent {
  readonly source: PathSource;
  /** The agent's numbers of the instances that it subscribed. */
  readonly instanceIds: Map<string, number>;
  session: AgentSession | undefined;
  stream: Stream | undefined;
  hold: Timer | undefined;
  /** Runs while the agent is away and its routes are kept. */
  away: Timer | undefined;
}

/** The agents' side of a control node: sessions, subscriptions, routes both ways. */
export class AgentServer implements RibListener {
  readonly #options: AgentServerOptions;
  readonly #agents = new Map<string, Agent>();
  #synchronized = false;
  #keepalive: Timer | undefined;

  constructor(options: AgentServerOptions) {
    this.#options = options;
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
    const implementation = { session: (stream: unknown) => this.#accept(stream as Stream) } as never;
    return serveRpc(identity, address, [{ definition, implementation, allowedRoles: ["agent"] }]);
  }

  close(): void {
    this.#keepalive?.cancel();
    for (const agent of this.#agents.values()) {
      agent.hold?.cancel();
      agent.away?.cancel();
    }
  }

  /** The configuration log has been read up to where it was at the start. */
  synchronized(): void {
    this.#synchronized = true;
    for (const { session } of this.#agents.values()) session?.synchronized();
  }

  configChanged(change: GraphChange): void {
    for (const { session } of this.#agents.values()) session?.configChanged(change);
  }

  /** Sends what changes of the configuration have left to be sent; once after a batch of them. */
  flush(): void {
    for (const { session } of this.#agents.values()) session?.flush();
  }

  vpnChanged(): void {}

  vrfsChanged(changed: ReadonlyMap<string, ReadonlySet<number>>): void {
    for (const [name, keys] of changed) {
      let bodies: readonly Uint8Array[] | undefined;
      const shared = (): readonly Uint8Array[] => {
        bodies ??= encodeRoutes(this.#options.driver.rib, name, keys);
        return bodies;
      };
      for (const { session } of this.#agents.values()) session?.routesChanged(name, keys, shared);
    }
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

  #accept(stream: Stream): void {
    let agent: Agent | undefined;
    const end = (code: string, text: string): void => {
      stream.emit("error", toServiceError(new ContrailError(code, text)));
    };
    stream.on("data", (message: agentWire.AgentMessage) => {
      try {
        if (agent === undefined) agent = this.#hello(stream, message);
        else if (agent.stream === stream) this.#handle(agent, message);
      } catch (reason) {
        const error = ContrailError.from(reason);
        this.#options.logger.warn("agent refused", { code: error.code, message: error.message });
        end(error.code, error.message);
      }
    });
    const gone = (): void => {
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

  #hello(stream: Stream, message: agentWire.AgentMessage): Agent {
    const { logger, nodeName, keepaliveMs, holdMs, gracefulRestartMs, autonomousSystem } = this.#options;
    if (message.message?.$case !== "hello")
      throw new ContrailError("control.bad_request", "the first message is Hello");
    const { agentName, hostAddress, forwardingPreserved } = message.message.value;
    const peer = peerOf(stream as never); // Any call has what peerOf reads.
    if (peer.name !== agentName) {
      throw new ContrailError("control.permission_denied", `the certificate is of ${peer.name}, not of ${agentName}`);
    }
    const address = parseInetAddress(hostAddress);
    if (address === undefined)
      throw new ContrailError("control.bad_request", `host_address ${hostAddress} is no address`);
    const agent = this.#agentOf(agentName, address);
    const older = agent.stream;
    agent.stream = stream;
    older?.end();
    agent.away?.cancel();
    agent.away = undefined;
    if (forwardingPreserved) this.#options.driver.rib.markStale(agent.source);
    else this.#options.driver.rib.removeSource(agent.source);
    this.#options.driver.changed();
    stream.on("drain", () => agent.session?.ready());
    const { graph, driver } = this.#options;
    const session = new AgentSession(
      agentName,
      graph,
      driver.rib,
      { write: (bytes) => stream.write(bytes) },
      this.#synchronized,
    );
    agent.session = session;
    session.sendPlain({
      $case: "welcome",
      value: { controlNodeName: nodeName, keepaliveMs, holdMs, gracefulRestartMs, autonomousSystem },
    });
    this.#heard(agent);
    logger.info("agent is up", { agent: agentName, forwardingPreserved });
    return agent;
  }

  #handle(agent: Agent, { message }: agentWire.AgentMessage): void {
    const { session, source } = agent;
    if (session === undefined || message === undefined) return;
    this.#heard(agent);
    switch (message.$case) {
      case "wantConfig":
        session.wantConfig(message.value.wanted);
        return;
      case "vmSubscribe":
        session.subscribeMachine(message.value.vmUuid);
        return;
      case "vmUnsubscribe":
        session.unsubscribeMachine(message.value.vmUuid);
        return;
      case "vrfSubscribe":
        agent.instanceIds.set(message.value.vrf, message.value.instanceId);
        session.subscribeInstance(message.value.vrf);
        return;
      case "vrfUnsubscribe":
        session.unsubscribeInstance(message.value.vrf);
        this.#options.driver.rib.removePublication(source, message.value.vrf);
        this.#options.driver.changed();
        return;
      case "routePublish":
        this.#publish(agent, message.value);
        return;
      case "routeWithdraw":
        this.#withdraw(agent, message.value);
        return;
      case "endOfRib":
        this.#options.driver.rib.sweep(source);
        this.#options.driver.changed();
        return;
      case "acknowledge":
        session.acknowledge(message.value.sequence);
        return;
      default:
        return;
    }
  }

  #publish({ session, source, instanceIds }: Agent, { vrf, routes }: agentWire.RoutePublish): void {
    if (session?.isSubscribed(vrf) !== true) throw new ContrailError("control.bad_request", `${vrf} is not subscribed`);
    const instanceId = instanceIds.get(vrf) ?? 0;
    for (const route of routes) {
      const made = fromWireRoute(route);
      if (made !== undefined) this.#options.driver.rib.publish(source, vrf, instanceId, made);
    }
    this.#options.driver.changed();
  }

  #withdraw({ source }: Agent, { vrf, prefixes }: agentWire.RouteWithdraw): void {
    for (const { prefix } of prefixes) {
      if (prefix?.$case === "inet")
        this.#options.driver.rib.withdraw(source, vrf, prefix.value.address, prefix.value.length);
    }
    this.#options.driver.changed();
  }

  /** The session is gone: the routes stay, stale, until the agent is back or the time is over. */
  #lost(agent: Agent): void {
    const { clock, driver, gracefulRestartMs, logger } = this.#options;
    agent.stream = undefined;
    agent.session = undefined;
    agent.hold?.cancel();
    driver.rib.markStale(agent.source);
    agent.away?.cancel();
    agent.away = clock.setTimer(gracefulRestartMs, () => {
      agent.away = undefined;
      driver.rib.removeSource(agent.source);
      driver.changed();
    });
    logger.warn("agent is away", { agent: agent.source.name });
  }

  #heard(agent: Agent): void {
    const { stream } = agent;
    agent.hold?.cancel();
    agent.hold = this.#options.clock.setTimer(this.#options.holdMs, () => {
      this.#options.logger.warn("agent's hold time is over", { agent: agent.source.name });
      stream?.destroy();
      if (agent.stream === stream) this.#lost(agent);
    });
  }

  #agentOf(name: string, hostAddress: number): Agent {
    const known = this.#agents.get(name);
    if (known !== undefined && known.source.routerId === hostAddress) return known;
    if (known !== undefined) this.#options.driver.rib.removeSource(known.source);
    const source: PathSource = { kind: "agent", name, routerId: hostAddress };
    const made: Agent = {
      source,
      instanceIds: new Map(),
      session: undefined,
      stream: undefined,
      hold: undefined,
      away: undefined,
    };
    this.#agents.set(name, made);
    return made;
  }

  #scheduleKeepalive(): void {
    this.#keepalive = this.#options.clock.setTimer(this.#options.keepaliveMs, () => {
      for (const { session } of this.#agents.values()) session?.sendPlain({ $case: "keepalive", value: {} });
      this.#scheduleKeepalive();
    });
  }
}

function fromWireRoute(route: agentWire.AgentRoute): AgentRoute | undefined {
  const { prefix } = route.prefix ?? {};
  if (prefix?.$case !== "inet" || route.nextHop === undefined || prefix.value.length > 32) return undefined;
  return {
    address: prefix.value.address,
    length: prefix.value.length,
    nextHop: route.nextHop.address,
    label: route.nextHop.label & 0xfffff,
    localPreference: route.localPreference,
    sequence: route.sequence,
    securityGroupIds: route.securityGroupIds,
    virtualNetworkId: route.virtualNetworkId,
    encapsulations: route.nextHop.encapsulations,
  };
}
