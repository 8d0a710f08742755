import { Client } from "cassandra-driver";
import { expect, test, vi } from "vitest";
import { type ControlConnection, controlConnection, refreshOneByOne } from "./one-refresh.ts";

/** A control connection whose refreshes end when the test says so. */
class HeldControl implements ControlConnection {
  readonly held: PromiseWithResolvers<void>[] = [];
  readonly plans: unknown[] = [];
  _isShuttingDown = false;

  _refresh(plan?: unknown): Promise<void> {
    this.plans.push(plan);
    const held = Promise.withResolvers<void>();
    this.held.push(held);
    return held.promise;
  }
}

/** Timers that end when the test says so. */
class HeldTimers {
  readonly ran: (() => void)[] = [];

  setTimer(_delayMs: number, run: () => void) {
    this.ran.push(run);
    return { cancel: () => undefined };
  }
}

test("refreshes that are asked for while one runs are one, after it", async () => {
  const control = new HeldControl();
  refreshOneByOne(control, new HeldTimers());
  const all = [control._refresh(), control._refresh(), control._refresh()];
  expect(control.held.length).toBe(1);
  control.held[0]?.resolve();
  await vi.waitFor(() => expect(control.held.length).toBe(2));
  control.held[1]?.resolve();
  await Promise.all(all);
  expect(control.held.length).toBe(2);
  void control._refresh();
  expect(control.held.length).toBe(3);
});

test("a refresh that goes on with the nodes it has left is the one that runs", async () => {
  const control = new HeldControl();
  refreshOneByOne(control, new HeldTimers());
  void control._refresh();
  void control._refresh(["left"]);
  expect(control.plans).toEqual([undefined, ["left"]]);
});

test("a refresh that fails rejects nothing, and is tried again", async () => {
  const control = new HeldControl();
  const timers = new HeldTimers();
  refreshOneByOne(control, timers);
  const first = control._refresh();
  control.held[0]?.reject(new TypeError("Cannot read properties of null (reading 'endpoint')"));
  await first;
  expect(timers.ran.length).toBe(1);
  timers.ran[0]?.();
  expect(control.held.length).toBe(2);
});

test("a refresh that fails because the client is closed is not tried again", async () => {
  const control = new HeldControl();
  const timers = new HeldTimers();
  refreshOneByOne(control, timers);
  const only = control._refresh();
  control._isShuttingDown = true;
  control.held[0]?.reject(new Error("closed"));
  await only;
  expect(timers.ran).toEqual([]);
});

test("the driver's client has such a control connection", async () => {
  const client = new Client({ contactPoints: ["127.0.0.1:1"], localDataCenter: "datacenter1" });
  const control = controlConnection(client);
  expect(control._refresh).toBeTypeOf("function");
  expect(control._isShuttingDown).toBe(false);
  await client.shutdown();
});
