import type { SessionParameters } from "@contrail/bgp";
import type { PeerConnection } from "./peer-connection.ts";
import type { BgpSession, DesiredPeer } from "./session-port.ts";

/** The session that the RIB holds: dead after `end`. */
export class PeerSession implements BgpSession {
  readonly peer: DesiredPeer;
  readonly parameters: SessionParameters;
  readonly connection: PeerConnection;
  readonly #stop: (reason: string) => void;
  #up = true;

  constructor(
    peer: DesiredPeer,
    parameters: SessionParameters,
    connection: PeerConnection,
    stop: (reason: string) => void,
  ) {
    this.peer = peer;
    this.parameters = parameters;
    this.connection = connection;
    this.#stop = stop;
  }

  send(bytes: Uint8Array): boolean {
    return this.#up && this.connection.send(bytes);
  }

  pause(): void {
    if (this.#up) this.connection.pause();
  }

  resume(): void {
    if (this.#up) this.connection.resume();
  }

  stop(reason: string): void {
    if (this.#up) this.#stop(reason);
  }

  end(): void {
    this.#up = false;
  }
}
