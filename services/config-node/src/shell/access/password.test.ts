import { scryptSync } from "node:crypto";
import { expect, test } from "vitest";
import { PasswordHasher } from "./password.ts";

const hasher = new PasswordHasher();

test("a hash is of scrypt, salted, and says yes to its password only", async () => {
  const [one, two] = [await hasher.hash("a long password"), await hasher.hash("a long password")];
  expect(one).toMatch(/^scrypt\$32768\$8\$1\$/);
  expect(one).not.toBe(two);
  expect(await hasher.verify("a long password", one)).toBe(true);
  expect(await hasher.verify("a long passwore", one)).toBe(false);
  expect(await hasher.verify("a long password", undefined)).toBe(false);
});

test("hashes of a lower cost are still understood", async () => {
  const derived = scryptSync("old password", "salt", 32, { N: 1_024, r: 8, p: 1 });
  const old = `scrypt$1024$8$1$${Buffer.from("salt").toString("base64url")}$${derived.toString("base64url")}`;
  expect([await hasher.verify("old password", old), await hasher.verify("not it", old)]).toEqual([true, false]);
});

test("a flood of logins leaves the event loop free, and is refused beyond its bound", async () => {
  const busy = new PasswordHasher(6);
  const logins = Array.from({ length: 20 }, () => busy.hash("a long password").catch(({ message }: Error) => message));
  let turns = 0;
  const ticking = setInterval(() => {
    turns += 1;
  }, 1);
  const results = await Promise.all(logins);
  clearInterval(ticking);
  expect(results.filter((text) => text.startsWith("too many logins"))).toHaveLength(20 - 8);
  // A hash that held the loop would leave it a turn or two for each.
  process.stderr.write(`password: ${turns} turns of the loop beside 8 hashes\n`);
  expect(turns).toBeGreaterThan(3 * 8);
});
