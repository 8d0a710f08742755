import type { Bus } from "@contrail/bus";
import { createKafkaBus } from "@contrail/bus-kafka";
import { silentLogger } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import type { ObjectStore } from "@contrail/store";
import { openCassandraStore } from "@contrail/store-cassandra";
import type { Servers } from "./server-commands.ts";

const COMMON = { replication: 3, clock: systemClock, logger: silentLogger };

/** A store of its own on the servers, as another node has. */
export function openStore({ cassandraContactPoints }: Servers, keyspace: string): Promise<ObjectStore> {
  const contactPoints = cassandraContactPoints.split(",");
  return openCassandraStore({ contactPoints, dataCenter: "datacenter1", keyspace, ...COMMON });
}

/** A bus of its own on the servers. */
export function openBus({ kafkaBrokers }: Servers): Bus {
  return createKafkaBus({ brokers: kafkaBrokers.split(","), random: () => 0, ...COMMON });
}
