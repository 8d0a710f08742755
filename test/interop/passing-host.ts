import { connect, createServer, type Server, type Socket } from "node:net";

/** Where hosts take the connections of their machines. */
export const PASSING_PORT = 10_179;

/** What a host does for a router on it: passes its connections on to a control node, from a port that no other has. */
export class PassingHost {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** address: of the host; listen: where the router finds its gateway, of either IP version. */
  constructor(
    address: string,
    sourcePort: number,
    to: { readonly address: string; readonly port: number },
    listen = address,
  ) {
    this.#server = createServer((inner) => {
      const outer = connect({ host: to.address, port: to.port, localAddress: address, localPort: sourcePort });
      for (const socket of [inner, outer]) {
        this.#sockets.add(socket);
        const other = socket === inner ? outer : inner;
        socket.on("error", () => other.destroy());
        socket.on("close", () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
      }
      inner.pipe(outer);
      outer.pipe(inner);
    });
    this.#server.listen(PASSING_PORT, listen);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
