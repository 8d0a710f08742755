import { formatInetAddress } from "@contrail/net";
import { type Identity, identityFiles, issue } from "@contrail/pki";
import { CLIENT_OPTIONS, channelCredentials } from "@contrail/rpc";
import { agentWire } from "@contrail/wire";
import { Client, type ClientDuplexStream } from "@grpc/grpc-js";
import { machineOf } from "../routing-instances.ts";
import { type AgentCounts, countMessage } from "./message-count.ts";

const SESSION = agentWire.AgentServiceService.session;
const KEEPALIVE_MS = 5_000;
const ROLE = "agent";
/** 10.254.0.0: addresses of hosts, on which nothing is sent here. */
const FIRST_HOST = 0x0afe0000;
/** 10.0.0.0: prefixes of the network. */
const FIRST_PREFIX = 0x0a000000;
/** Labels below are reserved (RFC 3032 section 2.1). */
const FIRST_LABEL = 16;
const MPLS_OVER_UDP = 13;

const SAYS_NO_MORE = {
  communities: [],
  etreeLeaf: false,
  assistedReplication: agentWire.AssistedReplication.ASSISTED_REPLICATION_UNSPECIFIED,
  subProtocol: agentWire.SubProtocol.SUB_PROTOCOL_UNSPECIFIED,
};

type Body = NonNullable<agentWire.AgentMessage["message"]>;

/** Makes key and certificate of an agent, by its number. */
export function issueAgent(pkiDirectory: string, number: number): Promise<Identity> {
  return issue(pkiDirectory, { role: ROLE, name: nameOf(number), addresses: [formatInetAddress(FIRST_HOST + number)] });
}

/** Where an agent connects to, and the routing instance that it subscribes. */
export interface AgentHome {
  readonly pkiDirectory: string;
  readonly controlNode: string;
  readonly instance: string;
}

/**
 * An agent's end of a session over a connection of its own: it counts the routes that it is sent and acknowledges them,
 * decodes nothing, and so costs little beside the control node that is measured.
 */
export class LightAgent {
  readonly counts: AgentCounts = { reach: 0, unreach: 0, endsOfRib: 0, sequence: 0 };
  readonly #number: number;
  readonly #instance: string;
  readonly #client: Client;
  readonly #stream: ClientDuplexStream<agentWire.AgentMessage, Uint8Array>;
  readonly #keepalives: NodeJS.Timeout;
  readonly #waiting = new Set<{ readonly isOver: () => boolean; readonly done: PromiseWithResolvers<void> }>();
  #acknowledging = false;
  #failure: Error | undefined;

  /** Makes an agent's certificate and opens its session; resolves when it is up. */
  static async open(home: AgentHome, number: number): Promise<LightAgent> {
    await issueAgent(home.pkiDirectory, number);
    const agent = new LightAgent(home, number);
    await agent.heard("endsOfRib", 1);
    return agent;
  }

  /** Every agent has another number; its certificate has been issued. */
  constructor({ pkiDirectory, controlNode, instance }: AgentHome, number: number) {
    this.#number = number;
    this.#instance = instance;
    const identity = identityFiles(pkiDirectory, { role: ROLE, name: nameOf(number) });
    this.#client = new Client(controlNode, channelCredentials(identity, { role: "control" }), CLIENT_OPTIONS);
    const undecoded = (bytes: Buffer): Uint8Array => bytes;
    this.#stream = this.#client.makeBidiStreamRequest(SESSION.path, SESSION.requestSerialize, undecoded);
    this.#stream.on("data", (bytes: Uint8Array) => this.#take(bytes));
    this.#stream.on("error", (reason: Error) => this.#fail(reason));
    this.#stream.on("end", () => this.#fail(new Error("the control node has ended the session")));
    const hostAddress = formatInetAddress(FIRST_HOST + number);
    const hello = { agentName: nameOf(number), hostAddress, version: "bench", forwardingPreserved: false };
    this.#say({ $case: "hello", value: { ...hello, model: undefined, families: [] } });
    this.#say({ $case: "vmSubscribe", value: { vmUuid: machineOf(instance) } });
    this.#say({ $case: "vrfSubscribe", value: { vrf: instance, instanceId: 1 } });
    this.#say({ $case: "endOfRib", value: { vrf: "" } });
    this.#keepalives = setInterval(() => this.#say({ $case: "keepalive", value: {} }), KEEPALIVE_MS);
  }

  /** Publishes the agent's one route; with another label than before it is a change. */
  publish(labelOffset = 0): void {
    const address = FIRST_HOST + this.#number;
    const nextHop = { address, label: FIRST_LABEL + labelOffset, encapsulations: [MPLS_OVER_UDP] };
    const rest = { localPreference: 100, sequence: 0, securityGroupIds: [], virtualNetworkId: 1, sticky: false };
    const routes = [
      { prefix: this.#prefix, nextHop: { ...nextHop, tagIds: [], localSequence: 0 }, ...rest, ...SAYS_NO_MORE },
    ];
    this.#say({ $case: "routePublish", value: { vrf: this.#instance, routes } });
  }

  withdraw(): void {
    this.#say({ $case: "routeWithdraw", value: { vrf: this.#instance, prefixes: [this.#prefix] } });
  }

  /** Resolves as soon as so many had come; rejects where the session ends. */
  heard(what: keyof AgentCounts, count: number): Promise<void> {
    const waiting = { isOver: () => this.counts[what] >= count, done: Promise.withResolvers<void>() };
    if (this.#failure !== undefined) waiting.done.reject(this.#failure);
    else if (waiting.isOver()) waiting.done.resolve();
    else this.#waiting.add(waiting);
    return waiting.done.promise;
  }

  close(): void {
    clearInterval(this.#keepalives);
    this.#stream.cancel();
    this.#client.close();
  }

  get #prefix(): agentWire.Prefix {
    return { prefix: { $case: "inet", value: { address: FIRST_PREFIX + this.#number, length: 32 } } };
  }

  #take(bytes: Uint8Array): void {
    countMessage(bytes, this.counts);
    for (const waiting of this.#waiting) {
      if (!waiting.isOver()) continue;
      this.#waiting.delete(waiting);
      waiting.done.resolve();
    }
    if (this.#acknowledging) return;
    this.#acknowledging = true;
    setImmediate(() => {
      this.#acknowledging = false;
      this.#say({ $case: "acknowledge", value: { sequence: BigInt(this.counts.sequence) } });
    });
  }

  #fail(reason: Error): void {
    clearInterval(this.#keepalives);
    this.#failure ??= reason;
    for (const { done } of this.#waiting) done.reject(reason);
    this.#waiting.clear();
  }

  #say(message: Body): void {
    if (this.#failure === undefined) this.#stream.write({ message });
  }
}

function nameOf(number: number): string {
  return `host${number}`;
}
