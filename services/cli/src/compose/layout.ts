import type { InfraWishes } from "../infra/layout.ts";
import { addressOf, CONTROL_NODES, HOSTS } from "../supervisor/layout.ts";

/** The two sizes of deploy/compose. */
export const PROFILES = ["dev", "cluster"] as const;
export type Profile = (typeof PROFILES)[number];

/** Where a container finds the files of the deployment. */
export const PKI = "/etc/contrail/pki";
export const SERVER_CONFIGURATION = "/etc/contrail/server";
export const SERVER_LIBRARIES = "/opt/server";
const NETWORK = "172.30.30";

/** Cassandra and Kafka of a profile; addresses as in deploy/compose/compose.yaml. */
export function siteOf(profile: Profile): Omit<InfraWishes, "secure" | "cassandra" | "kafka"> {
  const nodes = profile === "dev" ? 1 : 3;
  const from = (first: number) => Array.from({ length: nodes }, (_, index) => `${NETWORK}.${first + index}`);
  return {
    nodes,
    addresses: { cassandra: from(11), kafka: from(21) },
    cqlPort: 9_042,
    storagePort: 7_000,
    kafkaPort: 9_092,
    controllerPort: 9_093,
    cassandraHeapMb: 384,
    kafkaHeapMb: 256,
  };
}

/** Names of the control nodes of a profile. */
export function controlNodesOf(profile: Profile): readonly string[] {
  return profile === "dev" ? CONTROL_NODES.slice(0, 1) : CONTROL_NODES;
}

/** Certificates of our services: role, name, address. */
export function peersOf(profile: Profile) {
  const config = profile === "dev" ? ["config1"] : ["config1", "config2"];
  return [
    ...config.map((name) => ({ role: "config", name, addresses: [] }) as const),
    ...controlNodesOf(profile).map((name) => ({ role: "control", name, addresses: [addressOf(name)] }) as const),
    ...HOSTS.map((name) => ({ role: "agent", name, addresses: [addressOf(name)] }) as const),
    { role: "cli", name: "infra", addresses: [] } as const,
  ];
}

/** Variables that deploy/compose/compose.yaml reads, besides where the files are. */
export function variablesOf(profile: Profile): Readonly<Record<string, string>> {
  const { nodes, addresses, cqlPort, kafkaPort } = siteOf(profile);
  const list = (all: readonly string[], port: number) => all.map((address) => `${address}:${port}`).join(",");
  return {
    COMPOSE_PROFILES: profile,
    CONTRAIL_REPLICATION: String(nodes),
    CONTRAIL_CASSANDRA: list(addresses.cassandra, cqlPort),
    CONTRAIL_KAFKA: list(addresses.kafka, kafkaPort),
    CONTRAIL_CONTROL_NODES: list(controlNodesOf(profile).map(addressOf), 5_269),
    CONTRAIL_CONTROL_NAMES: controlNodesOf(profile).join(","),
  };
}
