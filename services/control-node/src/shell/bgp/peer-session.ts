import type { SessionParameters } from "@contrail/bgp";
import type { PeerConnection } from "./peer-connection.ts";
import type { BgpSession, DesiredPeer, StopCause } from "./session-port.ts";

/** The session that the RIB holds: dead after `end`. */
export class PeerSession implements BgpSession {
  readonly peer: DesiredPeer;
  readonly parameters: SessionParameters;
  readonly connection: PeerConnection;
  readonly #stop: (reason: string, cause: StopCause) => void;
  #up = true;

  constructor(
    peer: DesiredPeer,
    parameters: SessionParameters,
    connection: PeerConnection,
    stop: (reason: string, cause: StopCause) => void,
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

  stop(reason: string, cause: StopCause = "reset"): void {
    if (this.#up) this.#stop(reason, cause);
  }

  end(): void {
    this.#up = false;
  }
}
