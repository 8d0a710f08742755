import type { InfraWishes, ServerPlan } from "./layout.ts";

/**
 * server.properties of a broker that is a controller too (KRaft). With three, an acknowledged record is on two of them,
 * and a leader that is gone is replaced after three seconds.
 */
export function kafkaConfiguration(server: ServerPlan, wishes: InfraWishes, directory: string): string {
  const voters = Array.from(
    { length: wishes.nodes },
    (_, index) => `${index + 1}@127.0.0.${index + 1}:${wishes.controllerPort}`,
  );
  const inSync = wishes.nodes === 3 ? 2 : 1;
  const client = `PLAINTEXT://${server.address}:${server.port}`;
  const settings = {
    "process.roles": "broker,controller",
    "node.id": server.index,
    "controller.quorum.voters": voters.join(","),
    listeners: `${client},CONTROLLER://${server.address}:${wishes.controllerPort}`,
    "advertised.listeners": client,
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": `${directory}/data`,
    "auto.create.topics.enable": false,
    "default.replication.factor": wishes.nodes,
    "min.insync.replicas": inSync,
    "unclean.leader.election.enable": false,
    "offsets.topic.replication.factor": wishes.nodes,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": wishes.nodes,
    "transaction.state.log.min.isr": inSync,
    "transaction.state.log.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": wishes.nodes,
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

/** Log lines to standard output, which is the server's log file. */
export const KAFKA_LOGGING = `status = WARN
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c{1} %m%n
rootLogger.level = INFO
rootLogger.appenderRef.out.ref = out
`;

/** Arguments of java that write the cluster's id into a broker's empty directory. */
export function kafkaFormatArguments(clusterId: string, directory: string, libraries: string): readonly string[] {
  const tool = ["kafka.tools.StorageTool", "format", "--ignore-formatted"];
  return ["-Xmx128m", "-cp", `${libraries}/*`, ...tool, "-t", clusterId, "-c", `${directory}/server.properties`];
}

/** Arguments of java for a broker. */
export function kafkaArguments(wishes: InfraWishes, directory: string, libraries: string): readonly string[] {
  return [
    `-Xmx${wishes.kafkaHeapMb}m`,
    `-Xms${Math.min(128, wishes.kafkaHeapMb)}m`,
    "-XX:+UseG1GC",
    `-Dlog4j2.configurationFile=${directory}/log4j2.properties`,
    "-cp",
    `${libraries}/*`,
    "kafka.Kafka",
    `${directory}/server.properties`,
  ];
}
