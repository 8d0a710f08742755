import { HOSTS } from "../supervisor/layout.ts";
import { check, type DemoWorld } from "./demo-world.ts";

const DEADLINE_MS = 15_000;

/** Step 7: machines and objects go; the data planes hold nothing but the host's own settings. */
export async function emptyTables(world: DemoWorld): Promise<string> {
  await world.removeAll();
  const sizes = async (host: string): Promise<readonly (readonly [string, number])[]> => {
    const { tables } = (await world.supervisor.introspect(host, "status")) as { tables: Record<string, number> }; // Our own page.
    return Object.entries(tables).filter(([name, rows]) => name !== "settings" && rows > 0);
  };
  let left: readonly string[] = [];
  const tookMs = await world
    .until("the tables are empty", DEADLINE_MS, async () => {
      const found = await Promise.all(
        HOSTS.map(async (host) => (await sizes(host)).map(([name, rows]) => `${host} ${name} ${rows}`)),
      );
      left = found.flat();
      return left.length === 0;
    })
    .catch((reason: unknown) => {
      check(left.length === 0, `rows are left: ${left.join(", ")}`);
      throw reason;
    });
  return `no rows on ${HOSTS.join(" and ")} ${tookMs.toFixed(0)} ms after the last deletion`;
}
