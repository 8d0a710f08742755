import { expect, test } from "vitest";
import { ConcurrencyLimit } from "./concurrency-limit.ts";

test("so many run at once, so many wait in their order, one more is refused; a failure gives its place on", async () => {
  const limit = new ConcurrencyLimit(2, 2, () => new Error("full"));
  const [gates, begun] = [Array.from({ length: 4 }, () => Promise.withResolvers<void>()), [] as number[]];
  const runs = gates.map(({ promise }, index) =>
    limit.run(() => {
      begun.push(index);
      return promise;
    }),
  );
  await expect(limit.run(() => Promise.resolve())).rejects.toThrow("full");
  expect(begun).toEqual([0, 1]);
  gates[1]?.reject(new Error("failed"));
  await expect(runs[1]).rejects.toThrow("failed");
  expect(begun).toEqual([0, 1, 2]);
  for (const { resolve } of gates) resolve();
  await Promise.all([runs[0], runs[2], runs[3]]);
  expect(begun).toEqual([0, 1, 2, 3]);
  expect(await limit.run(() => Promise.resolve("again"))).toBe("again");
});
