import { formatIpAddress } from "@contrail/bgp";
import { formatMacAddress } from "@contrail/net";
import type { Identity } from "@contrail/pki";
import { CLIENT_OPTIONS, channelCredentials } from "@contrail/rpc";
import type { ModelVersion } from "@contrail/schema";
import { agentWire } from "@contrail/wire";
import { Client, type ClientDuplexStream } from "@grpc/grpc-js";
import { fromOctets } from "../shell/agents/wire-octets.ts";

type Body = NonNullable<agentWire.AgentMessage["message"]>;
type Answer = NonNullable<agentWire.ControlMessage["message"]>;

type ValueOf<Case extends Answer["$case"]> = Extract<Answer, { $case: Case }>["value"];

const SESSION = agentWire.AgentServiceService.session;

/** An agent that says what a test tells it to, over real gRPC, also octets that are no message. */
export class AgentClient {
  readonly received: agentWire.ControlMessage[] = [];
  /** Status of the session's end: code and text; undefined while it lasts. */
  ended: { readonly code: number; readonly details: string } | undefined;
  /** Routes by "instance destination": labels of their next hops; see destinationText. */
  readonly routes = new Map<string, readonly number[]>();
  /** The same routes as they were told. */
  readonly reached = new Map<string, agentWire.Route>();
  /** Withdrawals of prefixes that it has been sent, each as often as it came. */
  withdrawn = 0;
  readonly #client: Client;
  readonly #stream: ClientDuplexStream<Buffer, agentWire.ControlMessage>;

  constructor(address: string, identity: Identity) {
    this.#client = new Client(address, channelCredentials(identity, { role: "control" }), CLIENT_OPTIONS);
    this.#stream = this.#client.makeBidiStreamRequest(
      SESSION.path,
      (bytes: Buffer) => bytes,
      SESSION.responseDeserialize,
    );
    this.#stream.on("data", (message: agentWire.ControlMessage) => this.#take(message));
    this.#stream.on("error", () => {});
    this.#stream.on("status", ({ code, details }) => {
      this.ended = { code, details };
    });
  }

  of<Case extends Answer["$case"]>(kind: Case): ValueOf<Case>[] {
    // The case tells the value's type.
    return this.received.flatMap(({ message }) => (message?.$case === kind ? [message.value as ValueOf<Case>] : []));
  }

  say(message: Body): void {
    this.sendBytes(agentWire.AgentMessage.encode({ message }).finish());
  }

  sendBytes(bytes: Uint8Array): void {
    this.#stream.write(Buffer.from(bytes));
  }

  /**
   * model: the version that it speaks; undefined: it says none, as those before there were versions. families: those
   * beside inet.
   */
  hello(
    agentName: string,
    hostAddress: string,
    forwardingPreserved = false,
    model?: ModelVersion,
    families: readonly agentWire.AddressFamily[] = [],
  ): void {
    const value = { agentName, hostAddress, version: "test", forwardingPreserved, model, families: [...families] };
    this.say({ $case: "hello", value });
  }

  /** As the host of the machine of its network: see machineOf. */
  subscribe(vrf: string, instanceId: number): void {
    this.say({ $case: "vmSubscribe", value: { vmUuid: machineOf(vrf) } });
    this.subscribeAlone(vrf, instanceId);
  }

  /** Whether or not it has a machine there. */
  subscribeAlone(vrf: string, instanceId: number): void {
    this.say({ $case: "vrfSubscribe", value: { vrf, instanceId } });
  }

  publish(vrf: string, ...routes: readonly agentWire.AgentRoute[]): void {
    this.say({ $case: "routePublish", value: { vrf, routes: [...routes] } });
  }

  endOfRib(): void {
    this.say({ $case: "endOfRib", value: { vrf: "" } });
  }

  /** Takes nothing more of what it is sent, or goes on. */
  read(reads: boolean): void {
    if (reads) this.#stream.resume();
    else this.#stream.pause();
  }

  /** Breaks the connection without a word. */
  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }

  #take(message: agentWire.ControlMessage): void {
    this.received.push(message);
    if (message.message?.$case !== "routeUpdate") return;
    const { vrf, reach, unreach } = message.message.value;
    const key = (prefix: agentWire.Prefix | undefined) => `${vrf} ${destinationText(prefix)}`;
    for (const route of reach) {
      const { prefix, nextHops } = route;
      const labels = nextHops.map(({ nextHop }) => nextHop?.label ?? 0);
      this.routes.set(key(prefix), labels);
      this.reached.set(key(prefix), route);
    }
    for (const prefix of unreach) {
      this.routes.delete(key(prefix));
      this.reached.delete(key(prefix));
    }
    this.withdrawn += unreach.length;
  }
}

/** UUID of the machine that tests have in the network of an instance, on whatever host says so. */
export function machineOf(instance: string): string {
  return `machine of ${networkOf(instance)}`;
}

/** Name of an instance's network. */
export function networkOf(instance: string): string {
  return instance.slice(0, instance.lastIndexOf(":"));
}

/** "167772161/32", an IPv4 address as a number; "fd00::1/128"; "macIp 02:00:00:00:00:01 10.0.0.1", the like for EVPN. */
export function destinationText(prefix: agentWire.Prefix | undefined): string {
  const given = prefix?.prefix;
  switch (given?.$case) {
    case "inet":
      return `${given.value.address}/${given.value.length}`;
    case "inet6":
      return `${octetsText(given.value.address)}/${given.value.length}`;
    case "evpn":
      return evpnText(given.value.route);
    default:
      return "none";
  }
}

function evpnText(route: agentWire.EvpnRoute["route"]): string {
  switch (route?.$case) {
    case "macIp":
      return `macIp ${formatMacAddress(Number(route.value.mac))} ${octetsText(route.value.ip)}`.trim();
    case "inclusiveMulticast":
      return `inclusiveMulticast ${octetsText(route.value.originator)}`;
    case "ipPrefix":
      return `ipPrefix ${octetsText(route.value.address)}/${route.value.length}`;
    case "selectiveMulticast":
      return `selectiveMulticast ${octetsText(route.value.group)} ${octetsText(route.value.originator)}`;
    default:
      return "none";
  }
}

function octetsText(octets: Uint8Array): string {
  const address = fromOctets(octets, "an address");
  return address === undefined ? "" : formatIpAddress(address);
}

/** A route to 10.0.0.<last>/32 by a host. */
export function agentRoute(hostAddress: number, last: number, label = 16): agentWire.AgentRoute {
  return {
    prefix: { prefix: { $case: "inet", value: { address: 0x0a000000 + last, length: 32 } } },
    nextHop: { address: hostAddress, label, encapsulations: [13], tagIds: [], localSequence: 0 },
    localPreference: 100,
    sequence: 0,
    securityGroupIds: [],
    virtualNetworkId: 1,
    sticky: false,
    communities: [],
    etreeLeaf: false,
    assistedReplication: agentWire.AssistedReplication.ASSISTED_REPLICATION_UNSPECIFIED,
    subProtocol: agentWire.SubProtocol.SUB_PROTOCOL_UNSPECIFIED,
  };
}
