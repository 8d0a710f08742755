import type { Socket } from "node:net";
import type { Counter } from "@contrail/observability";
import type { ActivePort } from "../core/active-port.ts";

/** Connections that one interface may have to all services at a time. */
export const MAX_CONNECTIONS_OF_PORT = 16;

/** Who asks, by the address that a connection comes from; undefined: no interface of this host. */
export type Identify = (remoteAddress: string) => ActivePort | undefined;

/** Connections of machines to the agent's sockets: each belongs to an interface, and each interface has a bound. */
export class GuestConnections {
  readonly #identify: Identify;
  readonly #refused: Counter;
  readonly #counts = new Map<string, number>();

  constructor(identify: Identify, refused: Counter) {
    this.#identify = identify;
    this.#refused = refused;
  }

  /** The interface of an address. */
  portAt(address: string): ActivePort | undefined {
    return this.#identify(address);
  }

  /** The interface of a new connection; undefined: the connection is closed, as nobody's or as one too many. */
  admit(socket: Socket): ActivePort | undefined {
    socket.on("error", () => undefined); // A machine that went away; the close follows.
    const port = this.#identify(socket.remoteAddress ?? "");
    const count = port === undefined ? 0 : (this.#counts.get(port.port.id) ?? 0);
    if (port === undefined || count >= MAX_CONNECTIONS_OF_PORT) {
      this.#refused.add(1);
      socket.resetAndDestroy();
      return undefined;
    }
    const { id } = port.port;
    this.#counts.set(id, count + 1);
    socket.on("close", () => {
      const rest = (this.#counts.get(id) ?? 1) - 1;
      if (rest > 0) this.#counts.set(id, rest);
      else this.#counts.delete(id);
    });
    return port;
  }

  /** The port with its present configuration; undefined where the address has become another port's since. */
  current(socket: Socket, port: ActivePort): ActivePort | undefined {
    const now = this.#identify(socket.remoteAddress ?? "");
    return now?.port.id === port.port.id ? now : undefined;
  }
}
