import { createHash, pbkdf2Sync } from "node:crypto";
import type { Credentials, ServerPlaces, ServerPlan, ServerSite } from "./layout.ts";

const SCRAM = "SCRAM-SHA-512";
const SCRAM_ITERATIONS = 8_192;

/**
 * server.properties of a broker that is a controller too (KRaft). With three, an acknowledged record is on two of them,
 * and a leader that is gone is replaced after three seconds.
 */
export function kafkaConfiguration(server: ServerPlan, site: ServerSite, directory: string): string {
  const voters = site.addresses.kafka.map((address, index) => `${index + 1}@${address}:${site.controllerPort}`);
  const inSync = site.nodes === 3 ? 2 : 1;
  const client = `CLIENT://${server.address}:${server.port}`;
  const settings = {
    "process.roles": "broker,controller",
    "node.id": server.index,
    "controller.quorum.voters": voters.join(","),
    listeners: `${client},CONTROLLER://${server.address}:${site.controllerPort}`,
    "advertised.listeners": client,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "CLIENT",
    ...protocols(server, site),
    "log.dirs": `${directory}/data`,
    "auto.create.topics.enable": false,
    "default.replication.factor": site.nodes,
    "min.insync.replicas": inSync,
    "unclean.leader.election.enable": false,
    "offsets.topic.replication.factor": site.nodes,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": site.nodes,
    "transaction.state.log.min.isr": inSync,
    "transaction.state.log.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": site.nodes,
    "share.coordinator.state.topic.min.isr": inSync,
    "group.initial.rebalance.delay.ms": 0,
    "broker.session.timeout.ms": 3_000,
    "broker.heartbeat.interval.ms": 500,
    "replica.lag.time.max.ms": 5_000,
    "num.network.threads": 2,
    "num.io.threads": 2,
    "background.threads": 2,
    "log.segment.bytes": 67_108_864,
    // A compacted topic of this size is looked at often enough.
    "log.cleaner.backoff.ms": 2_000,
    "log.cleaner.dedupe.buffer.size": 16_777_216,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

/** Plain, or mutual TLS; with SCRAM for clients and brokers among themselves where there are passwords. */
function protocols({ name }: ServerPlan, { security }: ServerSite): Readonly<Record<string, string>> {
  if (security === undefined) return { "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,CLIENT:PLAINTEXT" };
  const { authorityFile, identityFile, credentials } = security;
  const client = credentials === undefined ? "SSL" : "SASL_SSL";
  return {
    "listener.security.protocol.map": `CONTROLLER:SSL,CLIENT:${client}`,
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": identityFile(name),
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": authorityFile,
    "ssl.client.auth": "required",
    "listener.name.client.ssl.client.auth": "required", // The line above does not hold for SASL_SSL.
    ...(credentials === undefined ? {} : scram(credentials)),
  };
}

function scram({ username, password }: Credentials): Readonly<Record<string, string>> {
  const login = "org.apache.kafka.common.security.scram.ScramLoginModule";
  return {
    "sasl.enabled.mechanisms": SCRAM,
    "sasl.mechanism.inter.broker.protocol": SCRAM,
    "listener.name.client.sasl.enabled.mechanisms": SCRAM,
    "listener.name.client.scram-sha-512.sasl.jaas.config": `${login} required username="${username}" password="${password}";`,
  };
}

/** Log lines to standard output, which is the server's log file. */
export const KAFKA_LOGGING = `status = WARN
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c{1} %m%n
rootLogger.level = INFO
rootLogger.appenderRef.out.ref = out
`;

/** Arguments of java that write the cluster's id, and the user that there is from the first start on, into a broker's empty directory. */
export function kafkaFormatArguments(clusterId: string, site: ServerSite, places: ServerPlaces): readonly string[] {
  const { configuration, libraries } = places;
  const tool = ["kafka.tools.StorageTool", "format", "--ignore-formatted"];
  const credentials = site.security?.credentials;
  const user = credentials === undefined ? [] : ["--add-scram", scramRecord(credentials)];
  // One argument: of 64 ids one begins with "-".
  const where = [`--cluster-id=${clusterId}`, "-c", `${configuration}/server.properties`];
  return ["-Xmx128m", "-cp", `${libraries}/*`, ...tool, ...where, ...user];
}

/** What Kafka keeps of a password (RFC 5802 section 3): the password itself is on no command line. */
function scramRecord({ username, password }: Credentials): string {
  const salt = createHash("sha256").update(`opencontrail ${username} ${password}`).digest();
  const salted = pbkdf2Sync(password, salt, SCRAM_ITERATIONS, 64, "sha512").toString("base64");
  const what = `name=${username},iterations=${SCRAM_ITERATIONS},salt="${salt.toString("base64")}",saltedpassword="${salted}"`;
  return `${SCRAM}=[${what}]`;
}

/** Arguments of java for a broker. */
export function kafkaArguments(site: ServerSite, { configuration, libraries }: ServerPlaces): readonly string[] {
  return [
    `-Xmx${site.kafkaHeapMb}m`,
    `-Xms${Math.min(128, site.kafkaHeapMb)}m`,
    "-XX:+UseG1GC",
    `-Dlog4j2.configurationFile=${configuration}/log4j2.properties`,
    "-cp",
    `${libraries}/*`,
    "kafka.Kafka",
    `${configuration}/server.properties`,
  ];
}
