import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { INSTANCE, redMachine, redNetwork, redPort } from "./config-objects.ts";
import { ControlPlane, type Host, type HostName } from "./control-plane.ts";

const DEADLINE = { timeout: 60_000, interval: 20 };

let plane: ControlPlane;
const hosts = new Map<HostName, Host>();

beforeEach(async () => {
  plane = new ControlPlane();
  await plane.start();
  await plane.log.configure(...redNetwork(), ...redMachine(11), ...redMachine(12), ...redMachine(13));
});

afterEach(async () => {
  await plane.close();
  hosts.clear();
});

function startHost(name: HostName, ...machines: readonly number[]): Host {
  const host = plane.startHost(name);
  for (const machine of machines) host.agent.addPort(redPort(machine));
  hosts.set(name, host);
  return host;
}

function tunnelled(name: HostName): readonly number[] {
  return plane.tunnelled(name);
}

function reaches(name: HostName, ...machines: readonly number[]): Promise<void> {
  return vi.waitFor(() => expect(tunnelled(name)).toEqual(machines), DEADLINE);
}

/** Both control nodes of a host are there and have said that this was all. */
function inSync(name: HostName): Promise<void> {
  return vi.waitFor(() => {
    const host = hosts.get(name);
    expect(host?.sessions.status().map(({ state }) => state)).toEqual(["established", "established"]);
    expect(host?.agent.swept).toBe(true);
  }, DEADLINE);
}

/** Two hosts, host1 with machine 11, host2 with 12 and 13, in sync. */
async function running(): Promise<void> {
  await Promise.all([plane.startNode("control1"), plane.startNode("control2")]);
  startHost("host1", 11);
  startHost("host2", 12, 13);
  await Promise.all([inSync("host1"), inSync("host2")]);
  await Promise.all([reaches("host1", 12, 13), reaches("host2", 11)]);
}

describe("an agent with two control nodes", () => {
  test("takes routes from both and the configuration from one", async () => {
    await running();
    const status = hosts.get("host1")?.sessions.status() ?? [];
    expect(status.filter(({ givesConfig }) => givesConfig)).toHaveLength(1);
    expect(plane.dataPlanes.host1.rowsOf("interface")).toMatchObject([{ device: "tap11", network: 5 }]);
  });

  test("loses nothing when either is stopped, and hears the other's news", async () => {
    await running();
    for (const node of ["control1", "control2"] as const) {
      await plane.stopNode(node);
      await vi.waitFor(() => {
        const established = hosts
          .get("host1")
          ?.sessions.status()
          .filter(({ state }) => state === "established");
        expect(established).toMatchObject([{ givesConfig: true }]);
      }, DEADLINE);
      expect(tunnelled("host1")).toEqual([12, 13]);
      hosts.get("host2")?.agent.removePort(redPort(13).id);
      await reaches("host1", 12);
      hosts.get("host2")?.agent.addPort(redPort(13));
      await reaches("host1", 12, 13);
      await plane.startNode(node);
      await inSync("host1");
      // One that has not heard the other's routes yet would wait for them when that one is stopped next.
      await vi.waitFor(async () => expect(await plane.hasHeardAll(node)).toBe(true), DEADLINE);
    }
  });

  test("keeps everything while both are away, and new ports wait", async () => {
    await running();
    await Promise.all([plane.stopNode("control1"), plane.stopNode("control2")]);
    await vi.waitFor(
      () =>
        expect(
          hosts
            .get("host1")
            ?.sessions.status()
            .map(({ state }) => state),
        ).toEqual(["connecting", "connecting"]),
      DEADLINE,
    );
    const before = new Map(plane.dataPlanes.host1.rows);
    const late = redPort(14);
    hosts.get("host1")?.agent.addPort(late);
    await hosts.get("host1")?.agent.settled();
    expect(plane.dataPlanes.host1.rows).toEqual(before);
    expect(hosts.get("host1")?.agent.state.ports.find(({ port }) => port.id === late.id)?.waitsFor).toBe(
      "virtual-machine-interface",
    );
  });
});

describe("both control nodes start again", () => {
  test("they say no end before they have heard both hosts: routes of the one that is late are kept, and its old ones go", async () => {
    await running();
    hosts.get("host2")?.stop();
    await Promise.all([plane.stopNode("control1"), plane.stopNode("control2")]);
    await Promise.all([plane.startNode("control1"), plane.startNode("control2")]);
    const routes = hosts.get("host1")?.agent.routes;
    await vi.waitFor(
      () =>
        expect(
          hosts
            .get("host1")
            ?.sessions.status()
            .map(({ state }) => state),
        ).toEqual(["established", "established"]),
      DEADLINE,
    );
    // A change that takes the same way afterwards has arrived: an end would have come before it.
    await plane.log.configure(...redMachine(14));
    hosts.get("host1")?.agent.addPort(redPort(14));
    await vi.waitFor(() => expect(plane.dataPlanes.host1.rowsOf("interface")).toHaveLength(2), DEADLINE);
    expect([routes?.isInSync(INSTANCE), tunnelled("host1")]).toEqual([false, [12, 13]]);
    const host2 = startHost("host2");
    host2.agent.removePort(redPort(13).id);
    await reaches("host1", 12);
    await vi.waitFor(() => expect(routes?.isInSync(INSTANCE)).toBe(true), DEADLINE);
    await reaches("host2", 11, 14);
  });
});

describe("an agent that starts again", () => {
  test("ends in the very rows of the one before, and removes none on the way", async () => {
    await running();
    const { host1 } = plane.dataPlanes;
    const before = new Map(host1.rows);
    const removed = vi.spyOn(host1.rows, "delete");
    hosts.get("host1")?.stop();
    startHost("host1");
    await inSync("host1");
    await reaches("host1", 12, 13);
    expect(host1.rows).toEqual(before);
    expect(removed).not.toHaveBeenCalled();
    expect(tunnelled("host2")).toEqual([11]);
  });

  test("removes what is no longer so only when it knows everything", async () => {
    await running();
    hosts.get("host1")?.stop();
    hosts.get("host2")?.agent.removePort(redPort(13).id);
    await vi.waitFor(() => expect(hosts.get("host2")?.agent.state.ports).toHaveLength(1), DEADLINE);
    expect(tunnelled("host1")).toEqual([12, 13]);
    startHost("host1");
    await reaches("host1", 12);
    expect(plane.dataPlanes.host1.sweeps).toBe(1);
  });

  test("and never hears from a control node keeps its rows and opens nothing", async () => {
    await running();
    await Promise.all([plane.stopNode("control1"), plane.stopNode("control2")]);
    hosts.get("host1")?.stop();
    const { host1 } = plane.dataPlanes;
    const before = new Map(host1.rows);
    const applied = vi.spyOn(host1, "apply");
    const host = startHost("host1", 14);
    await host.agent.settled();
    host.agent.removePort(redPort(14).id);
    await host.agent.settled();
    expect([applied.mock.calls, host1.sweeps]).toEqual([[], 0]);
    expect(host1.rows).toEqual(before);
    expect(host.agent.ports().map(({ id }) => id)).toEqual([redPort(11).id]);
  });
});

describe("rows that the data plane refuses", () => {
  test("are not acknowledged, and are tried again until it takes them", async () => {
    await running();
    plane.dataPlanes.host1.failures = 2;
    hosts.get("host2")?.agent.removePort(redPort(13).id);
    await reaches("host1", 12);
    expect(plane.dataPlanes.host1.failures).toBe(0);
  });
});
