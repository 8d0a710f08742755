/** Who opened a TCP connection. */
export type Initiator = "local" | "peer";

/** The four numbers that decide a collision. */
export interface CollisionParties {
  readonly localId: number;
  readonly localAs: number;
  readonly peerId: number;
  readonly peerAs: number;
}

/**
 * Whose connection survives where both ends have connected at once: that of the higher BGP identifier (RFC 4271 section
 * 6.8), and with equal ones that of the higher AS (RFC 6286 section 2.3). Both ends come to the same answer.
 */
export function collisionWinner({ localId, localAs, peerId, peerAs }: CollisionParties): Initiator {
  if (localId !== peerId) return localId > peerId ? "local" : "peer";
  return localAs > peerAs ? "local" : "peer";
}
