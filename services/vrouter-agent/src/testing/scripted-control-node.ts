import type { Identity } from "@contrail/pki";
import { type RpcServer, serveRpc } from "@contrail/rpc";
import type { ConfigObject, ModelVersion } from "@contrail/schema";
import { agentWire, toWireObject } from "@contrail/wire";
import type { ServerDuplexStream } from "@grpc/grpc-js";

type Body = NonNullable<agentWire.ControlMessage["message"]>;
type Stream = ServerDuplexStream<agentWire.AgentMessage, Uint8Array>;

/** A control node that says what a test tells it to, over real gRPC, also octets that are no message. */
export class ScriptedControlNode {
  readonly name: string;
  /** What the agent has said in all sessions. */
  readonly heard: agentWire.AgentMessage[] = [];
  sessions = 0;
  /** What Welcome says. */
  holdMs = 60_000;
  model: ModelVersion | undefined;
  #sequence = 0n;
  #stream: Stream | undefined;
  #server: RpcServer | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** "host:port". */
  get address(): string {
    return `127.0.0.1:${this.#server?.port}`;
  }

  async start(identity: Identity): Promise<void> {
    const { session } = agentWire.AgentServiceService;
    const definition = {
      session: { ...session, responseSerialize: (bytes: unknown) => Buffer.from(bytes as Uint8Array) },
    };
    // grpc-js hands in streams of the types of the definition above.
    const implementation = { session: (stream: unknown) => this.#accept(stream as Stream) } as never;
    this.#server = await serveRpc(identity, "127.0.0.1:0", [{ definition, implementation, allowedRoles: ["agent"] }]);
  }

  stop(): void {
    this.#server?.close();
  }

  /** A message with state where the body is no Welcome or keepalive. */
  say(message: Body): void {
    const plain = message.$case === "welcome" || message.$case === "keepalive";
    const sequence = plain ? 0n : ++this.#sequence;
    this.sendBytes(agentWire.ControlMessage.encode({ sequence, message }).finish());
  }

  sendBytes(bytes: Uint8Array): void {
    this.#stream?.write(bytes);
  }

  welcome(): void {
    const timing = { keepaliveMs: 200, holdMs: this.holdMs, gracefulRestartMs: 60_000 };
    this.say({
      $case: "welcome",
      value: { controlNodeName: this.name, autonomousSystem: 64_512, ...timing, model: this.model, families: [] },
    });
  }

  configure(...objects: readonly ConfigObject[]): void {
    this.say({ $case: "configUpdate", value: { upsert: objects.map(toWireObject), remove: [] } });
  }

  endOfConfig(): void {
    this.say({ $case: "endOfConfig", value: {} });
  }

  /** Messages of one kind that the agent has sent. */
  of(kind: NonNullable<agentWire.AgentMessage["message"]>["$case"]): readonly unknown[] {
    return this.heard.flatMap(({ message }) => (message?.$case === kind ? [message.value] : []));
  }

  #accept(stream: Stream): void {
    this.sessions += 1;
    this.#stream = stream;
    this.#sequence = 0n;
    stream.on("data", (message: agentWire.AgentMessage) => {
      this.heard.push(message);
      if (message.message?.$case === "hello") this.welcome();
    });
    stream.on("error", () => {});
    stream.on("end", () => stream.end());
  }
}
