import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Stands before a cloud's API, and lets everything through, or takes questions and never answers. */
export class ApiGate {
  readonly #port: () => number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isSilent = false;
  /** Bytes of questions that were taken and are not answered. */
  unanswered = 0;

  /** port: of the API on loopback, asked for each connection. */
  private constructor(port: () => number) {
    this.#port = port;
    this.#server = createServer((caller) => this.#take(caller));
  }

  /** A gate that is open, serving. */
  static async start(port: () => number): Promise<ApiGate> {
    const gate = new ApiGate(port);
    await new Promise<void>((resolve) => gate.#server.listen(0, "127.0.0.1", resolve));
    return gate;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo; // It listens on TCP.
    return `http://127.0.0.1:${port}/client/api`;
  }

  /** From now on nobody gets an answer, on whatever connection. */
  silence(): void {
    this.#isSilent = true;
    this.unanswered = 0;
    // Those who have a connection come on a new one.
    this.#closeAll();
  }

  /** Who waits for an answer has to ask again. */
  open(): void {
    this.#isSilent = false;
    this.#closeAll();
  }

  async stop(): Promise<void> {
    this.#closeAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(caller: Socket): void {
    this.#keep(caller);
    if (this.#isSilent) {
      caller.on("data", ({ length }: Buffer) => {
        this.unanswered += length;
      });
      return;
    }
    const api = this.#keep(connect(this.#port(), "127.0.0.1"));
    caller.pipe(api);
    api.pipe(caller);
    caller.on("close", () => api.destroy());
    api.on("close", () => caller.destroy());
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // An end that is broken off is told by "close".
    socket.on("error", () => undefined);
    return socket;
  }

  #closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
