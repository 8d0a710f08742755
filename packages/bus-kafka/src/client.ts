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
}

/** What was fetched of a partition. */
export interface FetchedPartition {
  readonly highWatermark: string;
  readonly messages: readonly FetchedMessage[];
}

/** What is fetched: of one partition of one topic. */
export interface FetchRequest {
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
}

/** One request of the library, ready to be sent, and how its answer is read. */
interface Call {
  readonly request: { readonly apiVersion: number };
  readonly response: { readonly decode: (answer: Buffer) => Promise<unknown> };
}

/** A broker to which the library is connected. */
export interface Broker {
  fetch(
    request: FetchRequest,
  ): Promise<{ readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[] }>;
  /** Gives what makes a call of the newest version that both sides know. */
  lookupRequest(...api: readonly unknown[]): (parameters: unknown) => Call;
}

/** Of the library's own connections to brokers: what a reader needs that has no group. */
export interface Connections {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  /** By the number of the broker that leads. */
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
  findBroker(wanted: { readonly nodeId: string }): Promise<Broker>;
  fetchTopicsOffset(
    topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
      readonly fromBeginning: boolean;
    }[],
  ): Promise<readonly { readonly partitions: readonly { readonly offset: string }[] }[]>;
}

/** The broker with a look at each answer as it comes, and at the version that it has. */
export function watched(broker: Broker, look: (answer: Buffer, version: number) => void): Broker {
  const lookupRequest: Broker["lookupRequest"] = (...api) => {
    const make = broker.lookupRequest(...api);
    return (parameters) => {
      const call = make(parameters);
      const decode = (answer: Buffer): Promise<unknown> => {
        look(answer, call.request.apiVersion);
        return call.response.decode(answer);
      };
      return { ...call, response: { ...call.response, decode } };
    };
  };
  return Object.create(broker, { lookupRequest: { value: lookupRequest } }) as Broker;
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
