import { expect, test } from "vitest";
import { Pending } from "./pending.ts";

test("works are named from their beginning to their end, also where they fail", async () => {
  const pending = new Pending();
  const first = Promise.withResolvers<number>();
  const second = Promise.withResolvers<number>();
  const works = [pending.add("config", first.promise), pending.add("control1", second.promise)];
  expect(pending.text).toBe("config, control1");
  first.reject(new Error("it ended"));
  await expect(works[0]).rejects.toThrow("it ended");
  expect(pending.text).toBe("control1");
  second.resolve(1);
  expect(await works[1]).toBe(1);
  expect(pending.text).toBe("");
});
