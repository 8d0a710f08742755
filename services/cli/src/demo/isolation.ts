import { check, type DemoWorld } from "./demo-world.ts";

const PINGS = 10;

/** Step 2: inside a network across hosts every ping is answered; to another network or tenant none is, for a counted reason. */
export async function isolation(world: DemoWorld): Promise<string> {
  for (const [from, to] of [
    ["a-red-1", "10.1.1.12"],
    ["b-red-1", "10.1.1.12"],
    ["b-red-1", "10.1.1.13"],
  ] as const) {
    const received = world.ping(from, to, PINGS);
    check(received === PINGS, `${from} got ${received} of ${PINGS} replies from ${to} in its own network`);
  }
  const before = await world.drops("host1", "discard");
  const toNetwork = world.ping("a-red-1", "10.1.2.11", 3, 1);
  check(toNetwork === 0, `a-red-1 reached another network without a policy (${toNetwork} replies)`);
  const toTenant = world.ping("a-red-1", "10.1.1.13", 3, 1);
  check(toTenant === 0, `a-red-1 reached tenant B's 10.1.1.13 (${toTenant} replies)`);
  const dropped = (await world.drops("host1", "discard")) - before;
  check(dropped >= 3, `only ${dropped} packets were counted as discard`);
  return `${3 * PINGS} of ${3 * PINGS} pings inside networks, 0 of 6 to others, ${dropped} packets dropped as "discard" (no route)`;
}
