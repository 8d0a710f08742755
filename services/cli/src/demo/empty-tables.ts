import { HOSTS } from "../supervisor/layout.ts";
import type { DemoSystem } from "./demo-system.ts";
import { check, type DemoWorld } from "./demo-world.ts";

const DEADLINE_MS = 15_000;

/** Rows of the hosts' tables by "host table", the hosts' own settings left out. */
export async function tableRows(system: DemoSystem): Promise<ReadonlyMap<string, number>> {
  const found = await Promise.all(
    HOSTS.map(async (host) => {
      const { tables } = (await system.introspect(host, "status")) as { tables: Record<string, number> }; // Our own page.
      return Object.entries(tables).map(([name, rows]) => [`${host} ${name}`, rows] as const);
    }),
  );
  return new Map(found.flat().filter(([name]) => !name.endsWith(" settings")));
}

/** Step 7: machines and objects go; the data planes hold nothing but what was there before, and the hosts' settings. */
export async function emptyTables(world: DemoWorld): Promise<string> {
  await world.removeAll();
  let left: readonly string[] = [];
  const tookMs = await world
    .until("the tables are empty", DEADLINE_MS, async () => {
      const found = [...(await tableRows(world.system))];
      left = found.filter(([name, rows]) => rows > (world.rowsBefore.get(name) ?? 0)).map((row) => row.join(" "));
      return left.length === 0;
    })
    .catch((reason: unknown) => {
      check(left.length === 0, `rows are left: ${left.join(", ")}`);
      throw reason;
    });
  const before = [...world.rowsBefore.values()].some((rows) => rows > 0) ? " but those of before" : "";
  return `no rows on ${HOSTS.join(" and ")}${before} ${tookMs.toFixed(0)} ms after the last deletion`;
}
