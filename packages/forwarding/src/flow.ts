/** A flow key: one direction of a conversation as seen from one local interface. */
export interface FlowKey {
  /** The local interface's own next hop: the sender's for a packet from a machine, the receiver's for one from a tunnel. */
  readonly nextHop: number;
  readonly protocol: number;
  readonly sourceAddress: number;
  readonly destinationAddress: number;
  /** 0 where the protocol has none; the identifier for ICMP echo. */
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** One flow entry as shown to people and exported. */
export interface FlowEntry {
  readonly key: FlowKey;
  readonly verdict: "pass" | "deny";
  /** True where this direction is the reply's. */
  readonly reverse: boolean;
  /** False while no reply has been seen. */
  readonly established: boolean;
  /** Policy generation that the verdict was computed under. */
  readonly generation: number;
  /** Next hop of the key of the other direction. */
  readonly peerNextHop: number;
  readonly packets: number;
  readonly bytes: number;
  /** Data plane clock, nanoseconds, monotonic. */
  readonly lastSeenNs: bigint;
  /** OR of the TCP flags byte of all packets of this direction. */
  readonly tcpFlags: number;
}

/** Packets and bytes of one interface since its row came. */
export interface InterfaceCounters {
  /** From the machine. */
  readonly receivedPackets: number;
  readonly receivedBytes: number;
  /** To the machine. */
  readonly sentPackets: number;
  readonly sentBytes: number;
  readonly drops: number;
}
