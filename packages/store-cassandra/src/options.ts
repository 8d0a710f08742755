import type { Clock } from "@contrail/clock";
import type { Logger } from "@contrail/observability";

/** Certificates for the way to Cassandra: PEM texts. */
export interface CassandraTls {
  /** Authority of the servers' certificates. */
  readonly authority: string;
  /** Our own certificate and key, where servers ask for one. */
  readonly certificate?: string;
  readonly key?: string;
}

/** How a node reaches its store. */
export interface CassandraStoreOptions {
  /** "host:port" of some nodes; the others are found through them. */
  readonly contactPoints: readonly string[];
  readonly dataCenter: string;
  /** Made where it is not there; lower case letters, digits and "_". */
  readonly keyspace: string;
  /** Copies of each row in the data centre, for a keyspace that is made; 3 in production. */
  readonly replication: number;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly tls?: CassandraTls;
  readonly clock: Clock;
  readonly logger: Logger;
}
