import { eventually } from "@contrail/testkit/embedded";
import { Client, types } from "cassandra-driver";

const NODES = 3;
const WHOLE_MS = 240_000;

/** Resolves when each Cassandra node, asked for something that all three must read, answers: each sees the others. */
export async function untilWhole(contactPoints: string, keyspace: string): Promise<void> {
  await eventually("three Cassandra nodes that see each other", WHOLE_MS, async () => {
    return (await answering(contactPoints, keyspace)) === NODES;
  });
}

/** Nodes through which a read of all copies succeeds; a client of its own, that no earlier failure keeps from a node. */
async function answering(contactPoints: string, keyspace: string): Promise<number> {
  const points = contactPoints.split(",");
  const client = new Client({
    contactPoints: points,
    localDataCenter: "datacenter1",
    protocolOptions: { port: Number(points[0]?.split(":")[1]) }, // Nodes tell each other's addresses only.
  });
  try {
    await client.connect();
    const asked = client.hosts.values().map(async (host) => {
      const options = { host, consistency: types.consistencies.all };
      await client.execute(`SELECT uuid FROM ${keyspace}.object LIMIT 1`, [], options);
    });
    return (await Promise.allSettled(asked)).filter(({ status }) => status === "fulfilled").length;
  } catch {
    return 0;
  } finally {
    await client.shutdown();
  }
}
