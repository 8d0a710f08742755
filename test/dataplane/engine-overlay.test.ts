import { once } from "node:events";
import type { DataPlane } from "@contrail/dataplane";
import { PASS_ALL } from "@contrail/testkit/dataplane";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type LabMode } from "./lab.ts";
import { hostName, OverlayLab, script } from "./overlay-lab.ts";
import { hostAddress, MACHINES, type Machine, overlayTables } from "./overlay-tables.ts";

const MODES: readonly LabMode[] = process.getuid?.() === 0 ? ["root", "user"] : ["user"];
if (MODES.length === 1) process.stderr.write("not root: the engine runs in a user namespace only\n");

describe.each(MODES)("two engines with namespaces of %s", (mode) => {
  let overlay: OverlayLab;
  const planes = new Map<1 | 2, DataPlane>();
  const [m11, m12, m21, m22] = MACHINES as readonly [Machine, Machine, Machine, Machine]; // There are four.

  const plane = (host: 1 | 2): DataPlane => {
    const found = planes.get(host) ?? overlay.engineDataPlane(host);
    planes.set(host, found);
    return found;
  };
  const ping = async (from: Machine, to: string, count = 1): Promise<{ received: number; ttl: number | undefined }> => {
    const { output } = await overlay.lab.run(from.name, "ping", "-c", String(count), "-i", "0.2", "-W", "2", to);
    const ttl = /ttl=(\d+)/.exec(output)?.[1];
    return {
      received: Number(/(\d+) received/.exec(output)?.[1] ?? 0),
      ttl: ttl === undefined ? undefined : Number(ttl),
    };
  };
  const dropped = async (host: 1 | 2, reason: "discard" | "flow_action_drop"): Promise<number> =>
    (await plane(host).drops()).get(reason) ?? 0;

  /** Echo requests that the host's stack has seen (RFC 2011, icmpInEchos). */
  const echoesIn = async (host: 1 | 2): Promise<number> => {
    const [names = [], values = []] = (await overlay.lab.must(hostName(host), "cat", "/proc/net/snmp"))
      .split("\n")
      .filter((line) => line.startsWith("Icmp:"))
      .map((line) => line.split(" "));
    return Number(values[names.indexOf("InEchos")]);
  };

  beforeAll(async () => {
    overlay = await OverlayLab.open(mode);
    for (const host of [1, 2] as const) await plane(host).apply(overlayTables(host));
  });

  afterAll(async () => {
    for (const open of planes.values()) await open.close();
    await overlay?.close();
  });

  test("machines of one subnet reach each other across hosts, the TTL untouched", async () => {
    expect(await ping(m11, m21.address, 3)).toEqual({ received: 3, ttl: 64 });
  });

  test("between subnets the TTL is decremented once", async () => {
    expect(await ping(m11, m22.address, 3)).toEqual({ received: 3, ttl: 63 });
  });

  test("without a route the packet is dropped as discard", async () => {
    const before = await dropped(1, "discard");
    expect((await ping(m11, m12.address)).received).toBe(0);
    expect(await dropped(1, "discard")).toBeGreaterThan(before);
  });

  test("bulk TCP arrives whole, with full segments through the tunnel", async () => {
    const sink = overlay.lab.start(m22.name, process.execPath, script("tcp-peer.ts"), "sink", "8080");
    const lines: string[] = [];
    sink.stdout?.on("data", (chunk: Buffer) => lines.push(...String(chunk).trim().split("\n")));
    await eventually("the sink listens", async () => lines.includes("listening"));
    const bytes = String(20_000_000);
    const sent = await overlay.lab.must(
      m11.name,
      process.execPath,
      script("tcp-peer.ts"),
      "source",
      m22.address,
      "8080",
      bytes,
    );
    await eventually("the sink has it all", async () => lines.includes(sent.trim()));
    const flows = await plane(1).flows();
    const [first, second] = [await plane(1).flows({ limit: 1 }), await plane(1).flows({ offset: 1, limit: 1 })];
    expect([first.length, second.length, await plane(1).flows({ offset: flows.length })]).toEqual([1, 1, []]);
    expect(first[0]?.key).not.toEqual(second[0]?.key);
    const forward = flows.find(({ key, reverse }) => key.destinationPort === 8080 && !reverse);
    expect(forward?.established).toBe(true);
    expect(forward?.bytes).toBeGreaterThan(20_000_000);
    expect((forward?.bytes ?? 0) / (forward?.packets ?? 1)).toBeGreaterThan(1200);
    sink.kill("SIGKILL");
    await once(sink, "exit");
  });

  test("an ACL that changes closes a running flow, and opens it again", async () => {
    const before = await dropped(2, "flow_action_drop");
    const ran = overlay.lab.run(m11.name, "ping", "-c", "60", "-i", "0.1", "-W", "1", m21.address);
    await eventually("the ping runs", async () => (await plane(2).flows()).some(({ key }) => key.protocol === 1));
    await plane(2).apply([{ kind: "acl", row: { id: 1, rules: [] } }]);
    await eventually(
      "packets of the flow are dropped",
      async () => (await dropped(2, "flow_action_drop")) > before + 3,
    );
    await plane(2).apply([{ kind: "acl", row: { id: 1, rules: [PASS_ALL] } }]);
    const received = Number(/(\d+) received/.exec((await ran).output)?.[1]);
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(60);
  });

  test("the host's own stack takes nothing from a machine that knows the device's MAC", async () => {
    const before = await echoesIn(1);
    const address = (await overlay.lab.must(hostName(1), "cat", `/sys/class/net/${m11.device}/address`)).trim();
    await overlay.lab.must(m11.name, "ip", "route", "add", `${hostAddress(1)}/32`, "dev", "eth0");
    expect((await ping(m11, hostAddress(1))).received).toBe(0);
    await overlay.lab.must(m11.name, "ip", "neigh", "replace", hostAddress(1), "lladdr", address, "dev", "eth0");
    expect((await ping(m11, hostAddress(1))).received).toBe(0);
    expect(await echoesIn(1)).toBe(before);
    await overlay.lab.must(m11.name, "ip", "route", "del", `${hostAddress(1)}/32`, "dev", "eth0");
  });

  test("with the agent gone no packet is lost, and new flows work", async () => {
    const ran = overlay.lab.run(m11.name, "ping", "-c", "20", "-i", "0.1", "-W", "2", m21.address);
    await plane(1).close();
    planes.delete(1);
    expect((await ping(m11, m22.address)).received).toBe(1);
    expect((await ran).output).toMatch(/20 received/);
    await plane(1).apply(overlayTables(1));
    expect(await plane(1).sweep()).toEqual({ removedRows: 0 });
    expect((await ping(m11, m21.address)).received).toBe(1);
  });

  test("an interface that vanishes and comes back is served again", async () => {
    await overlay.unplug(m11);
    expect((await ping(m21, m11.address)).received).toBe(0);
    expect(overlay.engineRuns(1)).toBe(true);
    await overlay.plug(m11);
    await eventually("the machine answers again", async () => (await ping(m21, m11.address)).received === 1);
  });

  test("a killed engine gets its rows back when it is started again", async () => {
    const sizes = await plane(1).tableSizes();
    await overlay.killEngine(1);
    expect((await ping(m11, m21.address)).received).toBe(0);
    overlay.startEngine(1);
    await eventually("packets pass again", async () => (await ping(m11, m21.address)).received === 1);
    expect(await plane(1).tableSizes()).toEqual(sizes);
  });

  test("destroy leaves no row and no packet passes", async () => {
    await plane(1).destroy();
    expect(Object.values(await plane(1).tableSizes()).every((rows) => rows === 0)).toBe(true);
    expect((await ping(m11, m21.address)).received).toBe(0);
  });
});
