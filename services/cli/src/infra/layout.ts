import { ContrailError } from "@contrail/errors";

/** Certificates and credentials of servers. Files are named as the servers see them. */
export interface ServerSecurity {
  /** PEM file of the authority that signs the certificates of servers and clients; both sides show one. */
  readonly authorityFile: string;
  /** PEM file with key and certificate of a server, by its name. */
  identityFile(server: string): string;
  /** Clients, and Kafka's brokers among themselves, give user and password too; undefined: the certificate is enough. */
  readonly credentials: Credentials | undefined;
}

/** The user of our services on the servers. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Where servers are and how they are reached: plain on loopback addresses, else by mutual TLS. */
export interface ServerSite {
  readonly nodes: 1 | 3;
  /** One address a node, in the order of the nodes. */
  readonly addresses: Readonly<Record<ServerKind, readonly string[]>>;
  readonly security: ServerSecurity | undefined;
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

/** What `contrail infra up` is asked for. */
export interface InfraWishes extends Omit<ServerSite, "security"> {
  /** With TLS and passwords; otherwise plain. */
  readonly secure: boolean;
  readonly cassandra: boolean;
  readonly kafka: boolean;
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

/** Directories of a server, as it sees them. */
export interface ServerPlaces {
  readonly configuration: string;
  readonly data: string;
  /** The jars. */
  readonly libraries: string;
}

/** Servers of the wishes, Cassandra first. */
export function planServers(wishes: InfraWishes): readonly ServerPlan[] {
  return [...(wishes.cassandra ? plansOf(wishes, "cassandra") : []), ...(wishes.kafka ? plansOf(wishes, "kafka") : [])];
}

/** The servers of a kind on a site. */
export function plansOf(site: Pick<ServerSite, "addresses" | "cqlPort" | "kafkaPort">, kind: ServerKind): ServerPlan[] {
  const port = kind === "cassandra" ? site.cqlPort : site.kafkaPort;
  return site.addresses[kind].map((address, position) => {
    const index = position + 1;
    return { name: `${kind}${index}`, kind, index, address, port };
  });
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
  const loopback = Array.from({ length: nodes }, (_, index) => `127.0.0.${index + 1}`);
  return {
    nodes: nodes === 1 ? 1 : 3,
    addresses: { cassandra: loopback, kafka: loopback },
    secure: options.secure === true,
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
