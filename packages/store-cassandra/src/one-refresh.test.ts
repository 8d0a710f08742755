import { Client } from "cassandra-driver";
import { expect, test } from "vitest";
import { type ControlConnection, controlConnection, refreshOneByOne } from "./one-refresh.ts";

/** A control connection whose refreshes end when the test says so. */
class HeldControl implements ControlConnection {
  readonly held: PromiseWithResolvers<void>[] = [];
  readonly plans: unknown[] = [];
  connection: ControlConnection["connection"] = { connected: true };

  _refresh(plan?: unknown): Promise<void> {
    this.plans.push(plan);
    const held = Promise.withResolvers<void>();
    this.held.push(held);
    return held.promise;
  }
}

/** Timers that end when the test says so. */
class HeldTimers {
  readonly waiting = new Set<() => void>();

  setTimer(_delayMs: number, run: () => void) {
    this.waiting.add(run);
    return { cancel: () => void this.waiting.delete(run) };
  }

  fire(): void {
    for (const run of this.waiting) run();
    this.waiting.clear();
  }
}

test("who asks while a refresh runs is served by that one, and the next one by a new one", async () => {
  const control = new HeldControl();
  refreshOneByOne(control, new HeldTimers());
  const all = [control._refresh(), control._refresh(), control._refresh()];
  expect(control.held.length).toBe(1);
  control.held[0]?.resolve();
  await Promise.all(all);
  expect(control.held.length).toBe(1);
  void control._refresh();
  expect(control.held.length).toBe(2);
});

test("a connection that is gone before its refresh has ended is refreshed again; one that could not be had is not", async () => {
  const control = new HeldControl();
  const timers = new HeldTimers();
  refreshOneByOne(control, timers);
  const first = control._refresh();
  control.connection = { connected: false };
  control.held[0]?.resolve();
  await first;
  expect(timers.waiting.size).toBe(1);
  // Somebody else asks before the second is over.
  const second = control._refresh();
  expect(timers.waiting.size).toBe(0);
  control.connection = null;
  control.held[1]?.resolve();
  await second;
  expect(timers.waiting.size).toBe(0);
});

test("a refresh that goes on with the nodes it has left is the one that runs", () => {
  const control = new HeldControl();
  refreshOneByOne(control, new HeldTimers());
  void control._refresh();
  void control._refresh(["left"]);
  expect(control.plans).toEqual([undefined, ["left"]]);
});

test("a refresh that fails rejects nothing, and is tried again until the client is closed", async () => {
  const control = new HeldControl();
  const timers = new HeldTimers();
  const end = refreshOneByOne(control, timers);
  for (let failed = 0; failed < 2; failed++) {
    const refreshed = control._refresh();
    control.held.at(-1)?.reject(new TypeError("Cannot read properties of null (reading 'endpoint')"));
    await refreshed;
    expect(timers.waiting.size).toBe(1);
    timers.fire();
    expect(control.held.length).toBe(2 * failed + 2);
    control.held.at(-1)?.resolve();
    await control._refresh();
  }
  const last = control._refresh();
  control.held.at(-1)?.reject(new Error("closed"));
  await last;
  end();
  expect(timers.waiting.size).toBe(0);
  await control._refresh();
  expect(control.held.length).toBe(5);
});

test("the driver's client has such a control connection", async () => {
  const client = new Client({ contactPoints: ["127.0.0.1:1"], localDataCenter: "datacenter1" });
  const control = controlConnection(client);
  expect(control._refresh).toBeTypeOf("function");
  expect(control.connection).toBe(null);
  await client.shutdown();
});
