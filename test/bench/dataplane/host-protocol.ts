/** What is asked of the process that stands for a host's agent: one JSON line each, one answer line each. */
export type HostTask =
  /** Counters and tables as they are now; flow entries from or to a port are counted. */
  | { readonly kind: "state"; readonly port: number }
  /** Runs and time of each program. */
  | { readonly kind: "costs" }
  /** Takes the data plane away. */
  | { readonly kind: "destroy" };

/** The counters that show whether a feature was used. */
export interface HostState {
  /** Of the machine's interface. */
  readonly receivedPackets: number;
  readonly receivedBytes: number;
  readonly sentPackets: number;
  /** Drops by reason; reasons never met are absent. */
  readonly drops: Readonly<Record<string, number>>;
  /** Flow entries of the port, both directions. */
  readonly flows: number;
  /** Packets of all flow entries that are there. */
  readonly flowPackets: number;
}
