import { expect, test } from "vitest";
import { Passwords } from "./passwords.ts";

test("a password is right against its own hash only, and no two hashes are alike", async () => {
  const passwords = new Passwords();
  const [one, two] = [await passwords.hash("p"), await passwords.hash("p")];
  expect(one).not.toBe(two);
  expect([await passwords.isRight("p", one), await passwords.isRight("q", one)]).toEqual([true, false]);
  expect(await passwords.isRight("p", "no hash")).toBe(false);
});

test("of many at once 52 are heard, the others are told 429, and the main thread goes on meanwhile", async () => {
  const passwords = new Passwords();
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  const all = await Promise.allSettled(Array.from({ length: 80 }, () => passwords.hash("p")));
  clearInterval(ticking);
  const refused = all.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  expect(refused).toHaveLength(28);
  expect(refused[0]).toMatchObject({ status: 429 });
  expect(turns).toBeGreaterThan(10);
  await expect(passwords.hash("p")).resolves.toContain(":"); // All places are free again.
});
