/** What the process in a machine's namespace is asked to do; one JSON line each, one answer line each. */
export type EndTask =
  /** Counts datagrams that reach its socket, until no more have come for 300 ms. */
  | { readonly kind: "udp-sink"; readonly host: string; readonly port: number }
  /** Sends datagrams of 18 bytes as fast as it can. */
  | { readonly kind: "udp-source"; readonly host: string; readonly port: number; readonly durationMs: number }
  /** Answers each byte of a connection with a byte, until it ends; one connection. */
  | { readonly kind: "echo"; readonly host: string; readonly port: number }
  /** Answers one byte of each connection with a byte, and closes it after the client; ends at the byte STOP. */
  | { readonly kind: "answer-once"; readonly host: string; readonly port: number }
  /** One byte there, one back, on one connection. */
  | { readonly kind: "request-response"; readonly host: string; readonly port: number; readonly durationMs: number }
  /** Connect, one byte there, one back, close, for 16 clients at once; then STOP on a connection of its own. */
  | { readonly kind: "connections"; readonly host: string; readonly port: number; readonly durationMs: number }
  /** Sends a few datagrams that are meant to be dropped, from an address of the machine's choice. */
  | {
      readonly kind: "probe";
      readonly host: string;
      readonly port: number;
      readonly from: string;
      readonly count: number;
    };

/** Sent once where a task can be met by its peer. */
export interface EndReady {
  readonly kind: "ready";
}

export interface EndResult {
  readonly kind: "result";
  /** Datagrams, transactions or connections. */
  readonly count: number;
  /** From the first to the last of them. */
  readonly seconds: number;
  /** Of this process, user and system. */
  readonly cpuSeconds: number;
  /** Microseconds of a transaction, median; 0 where none are timed. */
  readonly p50Us: number;
}

export interface EndFailure {
  readonly kind: "failure";
  readonly message: string;
}

export type EndAnswer = EndReady | EndResult | EndFailure;

/** Payload of the smallest Ethernet frame. */
export const DATAGRAM_BYTES = 18;
