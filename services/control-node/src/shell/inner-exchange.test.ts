import { silentLogger } from "@contrail/observability";
import { describe, expect, test, vi } from "vitest";
import { world } from "../testing/exchange-world.ts";
import { ListeningPeer } from "../testing/listening-peer.ts";
import { InnerExchange } from "./inner-exchange.ts";

/** Instance red with so many routes of a host, and the session of a router of a tenant in it. */
async function tenant(count: number) {
  const { rib, driver, idle, publish } = world();
  const exchange = new InnerExchange(driver, silentLogger);
  for (let index = 0; index < count; index++) publish(index);
  await idle();
  const router = new ListeningPeer("router", { external: true, peerAs: 65_001, families: ["inet"] });
  const inner = { instance: "red", sourcePort: 50_001, hosts: [], gateway: 0x0a00fffe };
  router.peer = { ...router.peer, peerAs: 65_001, families: ["inet"], inner };
  exchange.established(router);
  return { rib, exchange, idle, publish, router };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe("a router of a tenant", () => {
  test("is told its instance a part a turn, and twice at most for all requests that come meanwhile", async () => {
    const { exchange, router } = await tenant(5_000);
    expect(router.table.size).toBeLessThan(5_000);
    await vi.waitFor(() => expect(router.table.size).toBe(5_000));
    const once = router.messages.length;
    for (let request = 0; request < 50; request++) exchange.routeRefresh(router);
    await vi.waitFor(() => expect(router.messages.length).toBe(3 * once));
    await turns(20);
    expect(router.messages.length).toBe(3 * once);
  });

  test("that does not read is told the rest when it has, and what is true by then", async () => {
    const { exchange, idle, publish, router } = await tenant(5_000);
    router.room = 1;
    await turns(20);
    expect(router.table.size).toBeLessThan(5_000);
    for (let request = 0; request < 50; request++) exchange.routeRefresh(router);
    publish(5_000);
    await idle();
    const before = router.messages.length;
    await turns(20);
    expect(router.messages.length).toBe(before);
    router.room = Number.POSITIVE_INFINITY;
    exchange.drained(router);
    await vi.waitFor(() => expect(router.table.size).toBe(5_001));
  });
});
