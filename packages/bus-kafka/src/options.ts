import type { Clock } from "@contrail/clock";
import type { Logger } from "@contrail/observability";

/** Certificates for the way to Kafka: PEM texts. */
export interface KafkaTls {
  /** Authority of the brokers' certificates. */
  readonly authority: string;
  /** Our own certificate and key, where brokers ask for one. */
  readonly certificate?: string;
  readonly key?: string;
}

/** How a node reaches its bus. */
export interface KafkaBusOptions {
  /** "host:port" of some brokers; the others are found through them. */
  readonly brokers: readonly string[];
  /** Copies of each topic that is made: with three, an append is answered when two have it. */
  readonly replication: number;
  readonly tls?: KafkaTls;
  /** SASL with SCRAM-SHA-512. */
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 to 1; spreads the reconnects of many clients. */
  readonly random: () => number;
}
