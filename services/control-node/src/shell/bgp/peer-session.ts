import type { FamilyName, SessionParameters, Update } from "@contrail/bgp";
import type { PeerConnection } from "./peer-connection.ts";
import type { BgpSession, DesiredPeer, StopCause } from "./session-port.ts";

/** The session that the RIB holds: dead after `end`. */
export class PeerSession implements BgpSession {
  readonly parameters: SessionParameters;
  readonly connection: PeerConnection;
  readonly #peer: () => DesiredPeer;
  /** Families that are given up until the session ends: their routes could not be read (RFC 7606 section 3 j). */
  readonly disabled = new Set<FamilyName>();
  readonly #stop: (reason: string, cause: StopCause, restartMs: number) => void;
  #up = true;

  constructor(
    peer: () => DesiredPeer,
    parameters: SessionParameters,
    connection: PeerConnection,
    stop: (reason: string, cause: StopCause, restartMs: number) => void,
  ) {
    this.#peer = peer;
    this.parameters = parameters;
    this.connection = connection;
    this.#stop = stop;
  }

  get peer(): DesiredPeer {
    return this.#peer();
  }

  /** What is left of an UPDATE without the families that are given up. */
  spared(update: Update): Update {
    if (this.disabled.size === 0) return update;
    const reach = update.reach.filter(({ family }) => !this.disabled.has(family));
    const unreach = update.unreach.filter(({ family }) => !this.disabled.has(family));
    return { reach, unreach, announced: reach.length === 0 ? undefined : update.announced };
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

  stop(reason: string, cause: StopCause = "reset", restartMs = 0): void {
    if (this.#up) this.#stop(reason, cause, restartMs);
  }

  end(): void {
    this.#up = false;
  }
}
