import { ContrailError } from "@contrail/errors";

/** What `contrail infra up` is asked for. */
export interface InfraWishes {
  readonly nodes: 1 | 3;
  readonly cassandra: boolean;
  readonly kafka: boolean;
  /** CQL port of every Cassandra node; nodes differ by address. */
  readonly cqlPort: number;
  /** Port of Cassandra nodes among themselves. */
  readonly storagePort: number;
  /** Clients' port of every Kafka broker. */
  readonly kafkaPort: number;
  /** Port of Kafka's controllers among themselves. */
  readonly controllerPort: number;
  /** Heap of a Cassandra node in MB; the process takes about 430 MB more. */
  readonly cassandraHeapMb: number;
  /** Heap of a Kafka broker in MB. */
  readonly kafkaHeapMb: number;
}

export type ServerKind = "cassandra" | "kafka";

/** One server: its name is that of its directory. */
export interface ServerPlan {
  readonly name: string;
  readonly kind: ServerKind;
  /** From 1 on. */
  readonly index: number;
  /** Loopback address of its own. */
  readonly address: string;
  /** Port on which clients reach it. */
  readonly port: number;
}

/** Servers of the wishes, Cassandra first. */
export function planServers(wishes: InfraWishes): readonly ServerPlan[] {
  const of = (kind: ServerKind, port: number): ServerPlan[] =>
    Array.from({ length: wishes.nodes }, (_, position) => {
      const index = position + 1;
      return { name: `${kind}${index}`, kind, index, address: `127.0.0.${index}`, port };
    });
  return [
    ...(wishes.cassandra ? of("cassandra", wishes.cqlPort) : []),
    ...(wishes.kafka ? of("kafka", wishes.kafkaPort) : []),
  ];
}

/** The wishes of a command line; throws with the name of the flag that is wrong. */
export function readWishes(options: Readonly<Record<string, string | boolean | undefined>>): InfraWishes {
  const number = (flag: string, lowest: number, highest: number): number => {
    const value = Number(options[flag]);
    if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
    throw new ContrailError("infra.bad_request", `${flag} is ${options[flag]}: ${lowest} to ${highest} is wanted`);
  };
  const port = (flag: string): number => number(flag, 1, 65_535);
  const nodes = number("nodes", 1, 3);
  if (nodes === 2) {
    throw new ContrailError("infra.bad_request", "nodes is 2: with two, the loss of one is the loss of the majority");
  }
  if (options.kafkaOnly === true && options.cassandraOnly === true) {
    throw new ContrailError("infra.bad_request", "--kafka-only and --cassandra-only leave nothing to start");
  }
  return {
    nodes: nodes === 1 ? 1 : 3,
    cassandra: options.kafkaOnly !== true,
    kafka: options.cassandraOnly !== true,
    cqlPort: port("cqlPort"),
    storagePort: port("storagePort"),
    kafkaPort: port("kafkaPort"),
    controllerPort: port("controllerPort"),
    cassandraHeapMb: number("cassandraHeapMb", 256, 8_192),
    kafkaHeapMb: number("kafkaHeapMb", 128, 8_192),
  };
}
