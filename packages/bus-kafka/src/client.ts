import { ContrailError } from "@contrail/errors";
import { Kafka, logLevel } from "kafkajs";
import type { KafkaBusOptions } from "./options.ts";

/** Milliseconds until a broker that does not answer is given up: more than the three seconds of its session. */
export const REQUEST_MS = 5_000;
const CONNECT_MS = 2_000;

/** The client library, set up. What it says goes to the log as debug: what matters is told by our own errors. */
export function createClient({ brokers, tls, credentials, logger }: KafkaBusOptions): Kafka {
  return new Kafka({
    clientId: "contrail",
    brokers: [...brokers],
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 8 },
    ...(tls === undefined ? {} : { ssl: { ca: tls.authority, cert: tls.certificate, key: tls.key } }),
    ...(credentials === undefined ? {} : { sasl: { mechanism: "scram-sha-512" as const, ...credentials } }),
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log }) =>
        logger.debug("kafkajs", { namespace, text: log.message }),
  });
}

/** A failure of the library as bus.unavailable. */
export function unavailable(what: string, reason: unknown): ContrailError {
  if (reason instanceof ContrailError) return reason;
  const message = reason instanceof Error ? reason.message : String(reason);
  return new ContrailError("bus.unavailable", `${what}: ${message}`, { cause: reason });
}

/** What a message of the library is about: one of a fetch. */
export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly isControlRecord?: boolean;
  /** The batch that it came in, which may end with offsets whose records compaction has removed. */
  readonly batchContext: { readonly firstOffset: string; readonly lastOffsetDelta: number };
}

/** What was fetched of a partition. */
export interface FetchedPartition {
  readonly highWatermark: string;
  readonly messages: readonly FetchedMessage[];
}

/** Of the library's own connections to brokers: what a reader needs that has no group. */
export interface Connections {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  /** By the number of the broker that leads. */
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
  findBroker(wanted: { readonly nodeId: string }): Promise<{
    fetch(request: {
      readonly isolationLevel: number;
      readonly maxWaitTime: number;
      readonly minBytes: number;
      readonly maxBytes: number;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly {
          readonly partition: number;
          readonly fetchOffset: string;
          readonly maxBytes: number;
        }[];
      }[];
    }): Promise<{ readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[] }>;
  }>;
  fetchTopicsOffset(
    topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
      readonly fromBeginning: boolean;
    }[],
  ): Promise<readonly { readonly partitions: readonly { readonly offset: string }[] }[]>;
}

/**
 * Connections of their own, by the way in which the library's producer and consumer get theirs. It has no public one: its
 * consumer wants a group, which waits for its members, forgets where it was, and cannot be held up by a slow reader.
 */
export function openConnections(kafka: Kafka): Connections {
  const found = Object.getOwnPropertySymbols(kafka).find((symbol) => symbol.description?.endsWith("createCluster"));
  const create = found === undefined ? undefined : (Reflect.get(kafka, found) as unknown);
  if (typeof create !== "function") throw new Error("this is not kafkajs 2.2.4");
  // The version is exact in package.json, and its sources say so (src/cluster/index.js).
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false }) as Connections;
}
