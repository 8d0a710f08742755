import { createGraph } from "@contrail/graph";
import { openSqliteStore } from "@contrail/store-sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CLOUD } from "../../core/access/account.ts";
import { HeldClock } from "../../testing/held-clock.ts";
import { accessServices } from "./access-services.ts";
import { GuardedEntrance } from "./entrance.ts";

const PASSWORD = "a long password";
let entrance: GuardedEntrance;
let clock: HeldClock;
let token: string;
let limited = 0;
let close: () => Promise<void>;

beforeEach(async () => {
  const store = await openSqliteStore(":memory:");
  close = () => store.close();
  clock = new HeldClock();
  const { accounts, sessions } = accessServices(store, createGraph(), clock, 3_600_000);
  const user = await accounts.addUser("somebody", PASSWORD, [{ role: "admin", ...CLOUD }]);
  token = await sessions.begin(user, CLOUD, ["password"]);
  const add = (count: number): void => {
    limited += count;
  };
  entrance = new GuardedEntrance(sessions, clock, { administratorsOnly: false, tenantRate: 10 }, { add });
});
afterEach(() => close());

const outcome = (given: string | undefined, address: string | undefined) =>
  entrance.admit({ token: given, address }).then(
    ({ name }) => name,
    (reason: { readonly code: string }) => reason.code,
  );
const UNKNOWN = "config.unauthenticated";
const TOO_MANY = "config.too_many_requests";

test("an address that fails too often is refused, others are not, and it is let in again with time", async () => {
  await outcome(token, "198.51.100.7");
  for (let index = 0; index < 40; index++) expect(await outcome(`wrong ${index}`, "198.51.100.7")).toBe(UNKNOWN);
  expect(await outcome("wrong", "198.51.100.7")).toBe(TOO_MANY);
  expect(limited).toBeGreaterThan(0);
  // Whom the node knows goes on from there: a balancer's address is many people's.
  expect(await outcome(token, "198.51.100.7")).toBe("somebody");
  expect(await outcome("wrong", "198.51.100.8")).toBe(UNKNOWN);
  clock.advance(1_000);
  expect(await outcome("wrong", "198.51.100.7")).toBe(UNKNOWN);
});

test("failed logins count as failed tokens do", async () => {
  for (let index = 0; index < 40; index++) entrance.noteFailure("198.51.100.9");
  expect(() => entrance.refuseFlood("198.51.100.9")).toThrow(/try again in 1 s/);
  expect(await outcome("wrong", "198.51.100.9")).toBe(TOO_MANY);
});

test.each(["127.0.0.1", "::1", "::ffff:127.0.0.1", undefined])(
  "this machine (%s) is not limited before it logs in",
  async (address) => {
    for (let index = 0; index < 100; index++) expect(await outcome("wrong", address)).toBe(UNKNOWN);
  },
);

test.each([undefined, "", " "])("a token %j is none", async (given) => {
  expect(await outcome(given, "127.0.0.1")).toBe(UNKNOWN);
});
