import { expect, test } from "vitest";
import { SharedReads } from "./shared-reads.ts";

/** Reads that end when they are told to, numbered in the order in which they began. */
function counted() {
  const begun: PromiseWithResolvers<number>[] = [];
  const reads = new SharedReads<number>(() => {
    const read = Promise.withResolvers<number>();
    begun.push(read);
    return read.promise;
  });
  const end = (index: number): void => begun[index]?.resolve(index);
  return { reads, begun, end };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("callers that come while a read is under way share the one that begins after it", async () => {
  const { reads, begun, end } = counted();
  const first = reads.run("a");
  const others = [reads.run("a"), reads.run("a"), reads.run("a")];
  expect(begun).toHaveLength(1);
  end(0);
  expect(await first).toBe(0);
  await turn();
  expect(begun).toHaveLength(2);
  const later = reads.run("a");
  end(1);
  expect(await Promise.all(others)).toEqual([1, 1, 1]);
  await turn();
  end(2);
  expect(await later).toBe(2);
});

test("a read that nobody shares is not kept, and other things are read meanwhile", async () => {
  const { reads, begun, end } = counted();
  const a = reads.run("a");
  const b = reads.run("b");
  expect(begun).toHaveLength(2);
  end(0);
  end(1);
  expect(await Promise.all([a, b])).toEqual([0, 1]);
  const again = reads.run("a");
  expect(begun).toHaveLength(3);
  end(2);
  expect(await again).toBe(2);
});

test("a read that fails fails for those who asked for it, and the next one is made", async () => {
  const { reads, begun, end } = counted();
  const first = reads.run("a");
  const second = reads.run("a");
  begun[0]?.reject(new Error("gone"));
  await expect(first).rejects.toThrow("gone");
  await turn();
  end(1);
  expect(await second).toBe(1);
});
