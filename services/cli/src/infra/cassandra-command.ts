import type { ServerPlaces, ServerPlan, ServerSecurity, ServerSite } from "./layout.ts";

/** Tokens of the ring are 64-bit, signed (Murmur3Partitioner). */
const LOWEST_TOKEN = -(2n ** 63n);
const RING = 2n ** 64n;

/** Packages that Cassandra 5 reaches into; Java 17 keeps them closed otherwise. */
const EXPORTED = [
  "java.base/jdk.internal.misc",
  "java.base/java.lang.ref",
  "java.management.rmi/com.sun.jmx.remote.internal.rmi",
  "java.rmi/sun.rmi.registry",
  "java.rmi/sun.rmi.server",
  "java.sql/java.sql",
  "jdk.unsupported/sun.misc",
];
const OPENED = [
  ...["io", "lang", "lang.module", "lang.reflect", "net", "nio", "util", "util.concurrent"].map(
    (name) => `java.${name}`,
  ),
  ...["java.util.concurrent.atomic", "sun.nio.ch", "jdk.internal.loader", "jdk.internal.ref", "jdk.internal.reflect"],
  ...["jdk.internal.math", "jdk.internal.module", "jdk.internal.util.jar"],
]
  .map((name) => `java.base/${name}`)
  .concat("jdk.management/com.sun.management.internal", "java.rmi/sun.rmi.transport.tcp");

/**
 * The configuration of a node as JSON, which YAML contains. Every node is a seed with a token of its own, so that all can
 * start at once. commitlog_sync batch: with periodic, a killed node loses writes that it has acknowledged.
 */
export function cassandraConfiguration(server: ServerPlan, site: ServerSite, directory: string): string {
  const seeds = site.addresses.cassandra.map((address) => `${address}:${site.storagePort}`);
  const token = LOWEST_TOKEN + (RING / BigInt(site.nodes)) * BigInt(server.index - 1);
  const hasPasswords = site.security?.credentials !== undefined;
  const seedProvider = "org.apache.cassandra.locator.SimpleSeedProvider";
  return JSON.stringify(
    {
      cluster_name: "opencontrail",
      num_tokens: 1,
      initial_token: String(token),
      partitioner: "org.apache.cassandra.dht.Murmur3Partitioner",
      endpoint_snitch: "SimpleSnitch",
      auto_bootstrap: false,
      seed_provider: [{ class_name: seedProvider, parameters: [{ seeds: seeds.join(",") }] }],
      listen_address: server.address,
      rpc_address: server.address,
      storage_port: site.storagePort,
      native_transport_port: server.port,
      start_native_transport: true,
      data_file_directories: [`${directory}/data`],
      commitlog_directory: `${directory}/commitlog`,
      saved_caches_directory: `${directory}/saved-caches`,
      hints_directory: `${directory}/hints`,
      cdc_raw_directory: `${directory}/cdc`,
      commitlog_sync: "batch",
      commitlog_segment_size: "8MiB",
      commitlog_total_space: "128MiB",
      memtable_heap_space: "64MiB",
      memtable_offheap_space: "64MiB",
      key_cache_size: "8MiB",
      file_cache_size: "32MiB",
      networking_cache_size: "16MiB",
      prepared_statements_cache_size: "8MiB",
      concurrent_reads: 8,
      concurrent_writes: 8,
      concurrent_counter_writes: 2,
      concurrent_compactors: 1,
      auto_snapshot: false,
      disk_failure_policy: "die",
      commit_failure_policy: "die",
      paxos_variant: "v2",
      // A copy whose node was killed must not hold a read for the five seconds that are usual.
      read_request_timeout: "1s",
      authenticator: hasPasswords ? "PasswordAuthenticator" : "AllowAllAuthenticator",
      authorizer: hasPasswords ? "CassandraAuthorizer" : "AllowAllAuthorizer",
      ...(site.security === undefined ? {} : encryption(server, site.security)),
    },
    undefined,
    2,
  );
}

/** Mutual TLS for clients and between nodes; nothing is spoken in plain. */
function encryption({ name }: ServerPlan, { authorityFile, identityFile }: ServerSecurity) {
  const common = {
    ssl_context_factory: { class_name: "org.apache.cassandra.security.PEMBasedSslContextFactory" },
    keystore: identityFile(name),
    truststore: authorityFile,
    require_client_auth: true,
    optional: false,
  };
  return {
    client_encryption_options: { ...common, enabled: true },
    server_encryption_options: { ...common, internode_encryption: "all", require_endpoint_verification: true },
  };
}

/** Log lines to standard output, which is the server's log file. */
export const CASSANDRA_LOGGING = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%date{ISO8601} %-5level %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="out"/></root>
</configuration>
`;

/** Arguments of java for a node whose configuration lies in its directory. JMX is not opened. */
export function cassandraArguments(site: ServerSite, places: ServerPlaces): readonly string[] {
  const { configuration, data, libraries } = places;
  return [
    ...EXPORTED.flatMap((name) => ["--add-exports", `${name}=ALL-UNNAMED`]),
    ...OPENED.flatMap((name) => ["--add-opens", `${name}=ALL-UNNAMED`]),
    `-Xms${site.cassandraHeapMb}m`,
    `-Xmx${site.cassandraHeapMb}m`,
    "-Xss512k",
    "-XX:+UseG1GC",
    "-XX:MaxDirectMemorySize=256m",
    "-XX:+PerfDisableSharedMem",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Djdk.attach.allowAttachSelf=true",
    `-javaagent:${libraries}/jamm-0.4.0.jar`,
    `-Dcassandra.config=file://${configuration}/cassandra.yaml`,
    `-Dcassandra.storagedir=${data}`,
    `-Dlogback.configurationFile=${configuration}/logback.xml`,
    "-Dcassandra-foreground=yes",
    // The nodes of one machine find each other at once; the waits are for networks.
    "-Dcassandra.ring_delay_ms=1000",
    "-Dcassandra.skip_wait_for_gossip_to_settle=0",
    "-Dcassandra.superuser_setup_delay_ms=0",
    `-Dcassandra.system_auth.default_rf=${site.nodes}`,
    "-Dcassandra.max_local_pause_in_ms=10000",
    "-cp",
    `${configuration}:${libraries}/*`,
    "org.apache.cassandra.service.CassandraDaemon",
  ];
}
