import type { Clock, Timer } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { formatInetAddress } from "@contrail/net";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import { CLIENT_OPTIONS, channelCredentials } from "@contrail/rpc";
import { MODEL_VERSION, majorProblem, UNSAID_VERSION } from "@contrail/schema";
import { agentWire, type configWire, fromWireObject } from "@contrail/wire";
import type { ClientDuplexStream } from "@grpc/grpc-js";
import { BackOff } from "../core/back-off.ts";
import type { LocalRoute, Subscriptions } from "../core/publication.ts";
import type { Agent } from "./agent.ts";
import { fromWirePrefix, fromWireRoute } from "./wire-routes.ts";

/** Which control node, and as whom. */
export interface ControlSessionOptions {
  /** "host:port" of the control node. */
  readonly address: string;
  readonly agentName: string;
  readonly hostAddress: number;
  readonly version: string;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/** What the group of sessions hears: it decides who gives the configuration. */
export interface ControlSessionListener {
  up(session: ControlSession): void;
  down(session: ControlSession): void;
  /** The session has given all of the configuration. */
  configured(session: ControlSession): void;
}

type Stream = ClientDuplexStream<agentWire.AgentMessage, agentWire.ControlMessage>;
type AgentMessage = NonNullable<agentWire.AgentMessage["message"]>;

/** Least keepalive and hold time that a control node may ask for. */
const LEAST_MS = 100;
/** Until the control node has said its own. */
const DEFAULT_HOLD_MS = 15_000;
/** Tunnel type of the encapsulation community: MPLS over UDP. */
const MPLS_OVER_UDP = 13;
const { SUB_PROTOCOL_INTERFACE, SUB_PROTOCOL_SERVICE_INTERFACE } = agentWire.SubProtocol;
/** No communities, and nothing of what EVPN alone says. */
const SAYS_NOTHING = {
  communities: [],
  etreeLeaf: false,
  assistedReplication: agentWire.AssistedReplication.ASSISTED_REPLICATION_UNSPECIFIED,
};

/** The session with one control node, for ever: connects again when it is lost. */
export class ControlSession {
  readonly address: string;
  readonly #options: ControlSessionOptions;
  readonly #agent: Agent;
  readonly #listener: ControlSessionListener;
  readonly #client: agentWire.AgentServiceClient;
  #stream: Stream | undefined;
  #established = false;
  /** Why the last attempt was in vain; each reason is logged once in a row. */
  #refusal: string | undefined;
  #wantsConfig = false;
  #refreshed: Set<string> | undefined;
  #sent: { machines: Set<string>; instances: Set<string>; routes: Map<string, LocalRoute> } = emptySent();
  #endOfRibSent = false;
  #keepalive: Timer | undefined;
  #hold: Timer | undefined;
  #retry: Timer | undefined;
  readonly #backOff: BackOff;
  /** When Welcome came, on the clock's monotonic scale. */
  #welcomedAtMs = 0;
  #closed = false;
  #holdMs = DEFAULT_HOLD_MS;
  nodeName = "";

  constructor(options: ControlSessionOptions, agent: Agent, listener: ControlSessionListener) {
    this.address = options.address;
    this.#options = options;
    this.#agent = agent;
    this.#listener = listener;
    this.#backOff = new BackOff(options.random);
    const credentials = channelCredentials(options.identity, { role: "control" });
    this.#client = new agentWire.AgentServiceClient(options.address, credentials, CLIENT_OPTIONS);
    agent.onSubscriptions((subscriptions) => this.#tell(subscriptions));
  }

  get state() {
    return {
      address: this.address,
      node: this.nodeName,
      state: this.#established ? "established" : "connecting",
      givesConfig: this.#wantsConfig && this.#established,
      refusal: this.#refusal,
    };
  }

  get established(): boolean {
    return this.#established;
  }

  start(): void {
    if (this.#closed) return;
    const stream = this.#client.session();
    this.#stream = stream;
    stream.on("data", (message: agentWire.ControlMessage) => {
      if (stream !== this.#stream) return;
      try {
        this.#handle(message);
      } catch (reason) {
        this.#lost(stream, `a message was not understood: ${ContrailError.from(reason).message}`);
      }
    });
    stream.on("error", (reason: Error) => this.#lost(stream, reason.message));
    stream.on("end", () => this.#lost(stream, "the control node ended the session"));
    this.#restartHold(DEFAULT_HOLD_MS);
    const { agentName, hostAddress, version } = this.#options;
    // The data plane keeps forwarding without us, so routes of an earlier session or agent are worth keeping.
    this.#send({
      $case: "hello",
      value: {
        agentName,
        hostAddress: formatInetAddress(hostAddress),
        version,
        forwardingPreserved: true,
        model: MODEL_VERSION,
        // The data plane forwards IPv4 alone: routes of other families would be held and lead nowhere.
        families: [],
      },
    });
  }

  /** Asks this node for the configuration, or no more. */
  wantConfig(wanted: boolean): void {
    this.#wantsConfig = wanted;
    this.#refreshed = wanted ? new Set() : undefined;
    if (this.#established) this.#send({ $case: "wantConfig", value: { wanted } });
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimers();
    this.#retry?.cancel();
    this.#stream?.end();
    this.#client.close();
  }

  #handle({ sequence, message }: agentWire.ControlMessage): void {
    this.#restartHold(this.#holdMs);
    switch (message?.$case) {
      case "welcome":
        this.#welcome(message.value);
        return;
      case "configUpdate":
        this.#configUpdate(message.value);
        break;
      case "endOfConfig":
        this.#endOfConfig();
        break;
      case "routeUpdate": {
        const { vrf, reach, unreach } = message.value;
        const withdrawn = unreach.flatMap((prefix) => fromWirePrefix(prefix) ?? []);
        this.#agent.routes.update(
          this.address,
          vrf,
          reach.flatMap((route) => fromWireRoute(route) ?? []),
          withdrawn,
        );
        break;
      }
      case "endOfRib":
        this.#agent.routes.endOfRib(this.address, message.value.vrf);
        break;
      case "sessionError":
        this.#options.logger.error("control node refuses", { node: this.nodeName, text: message.value.text });
        return;
      case "keepalive":
        return;
      default:
        // What a newer node says beside is passed over; it hears that nothing of it is outstanding.
        if (sequence === 0n) return;
    }
    const stream = this.#stream;
    this.#agent.changed(() => {
      if (this.#established && stream === this.#stream) this.#send({ $case: "acknowledge", value: { sequence } });
    }, this);
  }

  #welcome(welcome: agentWire.Welcome): void {
    const { controlNodeName, model = UNSAID_VERSION } = welcome;
    const problem = majorProblem(MODEL_VERSION, model, `control node ${controlNodeName}`);
    if (problem !== undefined) throw new ContrailError("agent.precondition_failed", problem);
    this.nodeName = welcome.controlNodeName;
    this.#holdMs = Math.max(welcome.holdMs, LEAST_MS);
    this.#restartHold(this.#holdMs);
    this.#established = true;
    this.#refusal = undefined;
    this.#welcomedAtMs = this.#options.clock.monotonicMs();
    this.#sent = emptySent();
    this.#endOfRibSent = false;
    this.#agent.routes.sessionUp(this.address);
    this.#scheduleKeepalive(Math.max(welcome.keepaliveMs, LEAST_MS));
    this.#options.logger.info("control node is up", { node: this.nodeName });
    this.#tell(this.#agent.subscriptions);
    this.#listener.up(this);
  }

  #configUpdate({ upsert, remove }: agentWire.ConfigUpdate): void {
    if (!this.#wantsConfig) return;
    for (const wire of upsert) {
      this.#refreshed?.add(wire.uuid);
      this.#takeObject(wire);
    }
    for (const { uuid } of remove) {
      this.#refreshed?.delete(uuid);
      this.#agent.view.remove(uuid);
    }
  }

  /** An object that cannot be read is one that is not there: what hangs on it denies. */
  #takeObject(wire: configWire.Object): void {
    try {
      this.#agent.view.put(fromWireObject(wire));
    } catch (reason) {
      this.#agent.view.remove(wire.uuid);
      const fields = { type: wire.type, uuid: wire.uuid, reason: ContrailError.from(reason).message };
      this.#options.logger.error("configuration object not readable", fields);
    }
  }

  /** What this node has not sent since it was asked is gone. */
  #endOfConfig(): void {
    if (!this.#wantsConfig) return;
    const refreshed = this.#refreshed;
    this.#refreshed = undefined;
    if (refreshed !== undefined) {
      for (const object of [...this.#agent.view.all()])
        if (!refreshed.has(object.uuid)) this.#agent.view.remove(object.uuid);
    }
    this.#agent.completeConfig();
    this.#listener.configured(this);
  }

  /** Tells the node what has changed since it was last told. */
  #tell(subscriptions: Subscriptions): void {
    if (!this.#established) return;
    const { machines, instances, routes } = this.#sent;
    for (const vmUuid of subscriptions.machines)
      if (!machines.has(vmUuid)) this.#send({ $case: "vmSubscribe", value: { vmUuid } });
    for (const vmUuid of machines)
      if (!subscriptions.machines.has(vmUuid)) this.#send({ $case: "vmUnsubscribe", value: { vmUuid } });
    for (const vrf of subscriptions.instances) {
      if (!instances.has(vrf))
        this.#send({ $case: "vrfSubscribe", value: { vrf, instanceId: this.#agent.instanceId(vrf) } });
    }
    for (const [key, { instance, address }] of routes)
      if (!subscriptions.routes.has(key)) this.#withdraw(instance, address);
    for (const [key, route] of subscriptions.routes) if (!sameRoute(routes.get(key), route)) this.#publish(route);
    for (const vrf of instances)
      if (!subscriptions.instances.has(vrf)) this.#send({ $case: "vrfUnsubscribe", value: { vrf } });
    this.#sent = {
      machines: new Set(subscriptions.machines),
      instances: new Set(subscriptions.instances),
      routes: new Map(subscriptions.routes),
    };
    if (this.#agent.configComplete && !this.#endOfRibSent) {
      this.#endOfRibSent = true;
      this.#send({ $case: "endOfRib", value: { vrf: "" } });
    }
  }

  #publish(route: LocalRoute): void {
    const { instance, address, label, groups, networkId, localPreference, protocol } = route;
    const host = this.#options.hostAddress;
    const nextHop = { address: host, label, encapsulations: [MPLS_OVER_UDP], tagIds: [], localSequence: 0 };
    const prefix = { prefix: { $case: "inet" as const, value: { address, length: 32 } } };
    const wire = {
      prefix,
      nextHop,
      localPreference,
      sequence: 0, // No address moves between hosts so far; several hosts share one.
      securityGroupIds: [...groups],
      virtualNetworkId: networkId,
      sticky: false,
      ...SAYS_NOTHING,
      subProtocol: protocol === "interface" ? SUB_PROTOCOL_INTERFACE : SUB_PROTOCOL_SERVICE_INTERFACE,
    };
    this.#send({ $case: "routePublish", value: { vrf: instance, routes: [wire] } });
  }

  #withdraw(instance: string, address: number): void {
    const prefix = { prefix: { $case: "inet" as const, value: { address, length: 32 } } };
    this.#send({ $case: "routeWithdraw", value: { vrf: instance, prefixes: [prefix] } });
  }

  #send(message: AgentMessage): void {
    this.#stream?.write({ message });
  }

  #lost(stream: Stream, reason: string): void {
    if (stream !== this.#stream) return;
    this.#stream = undefined;
    stream.cancel();
    this.#cancelTimers();
    if (!this.#established && reason !== this.#refusal) {
      this.#options.logger.warn("no session with a control node", { address: this.address, reason });
    }
    this.#refusal = this.#established ? undefined : reason;
    const lastedMs = this.#established ? this.#options.clock.monotonicMs() - this.#welcomedAtMs : 0;
    if (this.#established) {
      this.#options.logger.warn("control node is lost", { node: this.nodeName, reason });
      this.#established = false;
      this.#agent.routes.sessionDown(this.address);
      this.#listener.down(this);
      this.#agent.changed();
    }
    if (this.#closed) return;
    this.#retry = this.#options.clock.setTimer(this.#backOff.wait(lastedMs), () => this.start());
  }

  #restartHold(holdMs: number): void {
    const stream = this.#stream;
    this.#hold?.cancel();
    // The process may have been too busy to read what came in time: one turn of the event loop decides.
    const hold = this.#options.clock.setTimer(holdMs, () => {
      setImmediate(() => {
        if (stream !== undefined && this.#hold === hold) this.#lost(stream, "hold time is over");
      });
    });
    this.#hold = hold;
  }

  #scheduleKeepalive(everyMs: number): void {
    this.#keepalive?.cancel();
    this.#keepalive = this.#options.clock.setTimer(everyMs, () => {
      this.#send({ $case: "keepalive", value: {} });
      this.#scheduleKeepalive(everyMs);
    });
  }

  #cancelTimers(): void {
    this.#keepalive?.cancel();
    this.#hold?.cancel();
  }
}

function emptySent(): { machines: Set<string>; instances: Set<string>; routes: Map<string, LocalRoute> } {
  return { machines: new Set(), instances: new Set(), routes: new Map() };
}

function sameRoute(a: LocalRoute | undefined, b: LocalRoute): boolean {
  return (
    a !== undefined &&
    a.label === b.label &&
    a.networkId === b.networkId &&
    a.localPreference === b.localPreference &&
    a.protocol === b.protocol &&
    a.groups.join() === b.groups.join()
  );
}
