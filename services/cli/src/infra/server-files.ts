import { CASSANDRA_LOGGING, cassandraConfiguration } from "./cassandra-command.ts";
import { KAFKA_LOGGING, kafkaConfiguration } from "./kafka-command.ts";
import type { ServerPlan, ServerSite } from "./layout.ts";

/** Configuration files of a server by name; data: the directory of its data, as it sees it. Some hold secrets: mode 0600. */
export function serverFiles(server: ServerPlan, site: ServerSite, data: string): Readonly<Record<string, string>> {
  return server.kind === "cassandra"
    ? { "cassandra.yaml": cassandraConfiguration(server, site, data), "logback.xml": CASSANDRA_LOGGING }
    : { "server.properties": kafkaConfiguration(server, site, data), "log4j2.properties": KAFKA_LOGGING };
}
