import { Client } from "cassandra-driver";

let client: Client | undefined;

/** Empties the tables of a keyspace that hold something. Making new ones takes longer. */
export async function emptyKeyspace(contactPoints: readonly string[], keyspace: string): Promise<void> {
  const port = Number(contactPoints[0]?.split(":")[1]); // Nodes tell each other's addresses only.
  client ??= new Client({
    contactPoints: [...contactPoints],
    localDataCenter: "datacenter1",
    protocolOptions: { port },
  });
  const found = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?";
  const { rows } = await client.execute(found, [keyspace], { prepare: true });
  for (const row of rows) {
    const table = `${keyspace}.${String(row.get("table_name"))}`;
    const { rowLength } = await client.execute(`SELECT * FROM ${table} LIMIT 1`);
    if (rowLength > 0) await client.execute(`TRUNCATE ${table}`);
  }
}
