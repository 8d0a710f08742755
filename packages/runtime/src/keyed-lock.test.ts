import { expect, test } from "vitest";
import { KeyedLock } from "./keyed-lock.ts";

test("tasks of a key run one by one in their order, whether or not one fails; those of another key beside them", async () => {
  const [lock, order] = [new KeyedLock(), [] as string[]];
  const gate = Promise.withResolvers<void>();
  const task = (name: string) => async () => void order.push(name);
  const first = lock.run("a", () => gate.promise.then(() => Promise.reject(new Error("first"))));
  const others = [lock.run("a", task("second")), lock.run("a", task("third"))];
  await lock.run("b", task("beside"));
  gate.resolve();
  await expect(first).rejects.toThrow("first");
  await Promise.all(others);
  expect(order).toEqual(["beside", "second", "third"]);
});

test("one more than may wait is refused at once and never run; when they are through there is room again", async () => {
  const lock = new KeyedLock();
  const gate = Promise.withResolvers<void>();
  let ran = 0;
  const count = async () => void ran++;
  const waiting = [lock.run("a", () => gate.promise, 2), lock.run("a", count, 2), lock.run("a", count, 2)];
  await expect(lock.run("a", count, 2)).rejects.toMatchObject({ code: "lock.too_many_requests" });
  await lock.run("b", count, 2);
  gate.resolve();
  await Promise.all(waiting);
  await lock.run("a", count, 2);
  expect(ran).toBe(4);
});
