import type { Identity } from "@contrail/pki";
import { CLIENT_OPTIONS, channelCredentials } from "@contrail/rpc";
import type { ModelVersion } from "@contrail/schema";
import { agentWire } from "@contrail/wire";
import { Client, type ClientDuplexStream } from "@grpc/grpc-js";

type Body = NonNullable<agentWire.AgentMessage["message"]>;
type Answer = NonNullable<agentWire.ControlMessage["message"]>;

type ValueOf<Case extends Answer["$case"]> = Extract<Answer, { $case: Case }>["value"];

const SESSION = agentWire.AgentServiceService.session;

/** An agent that says what a test tells it to, over real gRPC, also octets that are no message. */
export class AgentClient {
  readonly received: agentWire.ControlMessage[] = [];
  /** Status of the session's end: code and text; undefined while it lasts. */
  ended: { readonly code: number; readonly details: string } | undefined;
  /** Routes by "instance address/length": labels of their next hops. */
  readonly routes = new Map<string, readonly number[]>();
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

  /** model: the version that it speaks; undefined: it says none, as those before there were versions. */
  hello(agentName: string, hostAddress: string, forwardingPreserved = false, model?: ModelVersion): void {
    this.say({ $case: "hello", value: { agentName, hostAddress, version: "test", forwardingPreserved, model } });
  }

  subscribe(vrf: string, instanceId: number): void {
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
    const key = (prefix: agentWire.Prefix | undefined) =>
      `${vrf} ${prefix?.prefix?.value.address}/${prefix?.prefix?.value.length}`;
    for (const { prefix, nextHops } of reach)
      this.routes.set(
        key(prefix),
        nextHops.map(({ nextHop }) => nextHop?.label ?? 0),
      );
    for (const prefix of unreach) this.routes.delete(key(prefix));
    this.withdrawn += unreach.length;
  }
}

/** A route to 10.0.0.<last>/32 by a host. */
export function agentRoute(hostAddress: number, last: number, label = 16): agentWire.AgentRoute {
  return {
    prefix: { prefix: { $case: "inet", value: { address: 0x0a000000 + last, length: 32 } } },
    nextHop: { address: hostAddress, label, encapsulations: [13] },
    localPreference: 100,
    sequence: 0,
    securityGroupIds: [],
    virtualNetworkId: 1,
  };
}
