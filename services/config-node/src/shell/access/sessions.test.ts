import { createGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { openSqliteStore } from "@contrail/store-sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { User } from "../../core/access/account.ts";
import { HeldClock } from "../../testing/held-clock.ts";
import { type AccessServices, accessServices } from "./access-services.ts";

const LIFE_MS = 3_600_000;
const PROJECT = "22222222-0000-4000-8000-000000000000";
const scope = { projectUuid: PROJECT, domainUuid: undefined };

let store: ObjectStore;
let clock: HeldClock;
let user: User;
/** Two nodes over one store. */
let one: AccessServices;
let two: AccessServices;

beforeEach(async () => {
  store = await openSqliteStore(":memory:");
  clock = new HeldClock();
  const graph = createGraph();
  const base = { parentType: undefined, parentUuid: undefined, revision: 1n, refs: [], derived: false, epoch: 0n };
  const project: ConfigObject = { ...base, type: "project", uuid: PROJECT, fqName: ["d", "p"], properties: {} };
  graph.apply({ kind: "upsert", object: project });
  [one, two] = [accessServices(store, graph, clock, LIFE_MS), accessServices(store, graph, clock, LIFE_MS)];
  user = await one.accounts.addUser("somebody", "a long password", [{ role: "member", ...scope }]);
});
afterEach(() => store.close());

const begin = () => one.sessions.begin(user, scope, ["password"]);

test("a session is good at every node until it is over, with a minute for clocks that differ", async () => {
  const token = await begin();
  for (const { sessions } of [one, two]) expect((await sessions.resolve(token))?.caller.name).toBe("somebody");
  clock.advance(LIFE_MS + 59_000);
  expect(await two.sessions.resolve(token)).toBeDefined();
  clock.advance(2_000);
  for (const { sessions } of [one, two]) expect(await sessions.resolve(token)).toBeUndefined();
});

test("a revoked session is over at once at its node, and at another after five seconds at most", async () => {
  const token = await begin();
  await two.sessions.resolve(token);
  await one.sessions.end(token);
  expect(await one.sessions.resolve(token)).toBeUndefined();
  expect(await two.sessions.resolve(token)).toBeDefined();
  clock.advance(5_000);
  expect(await two.sessions.resolve(token)).toBeUndefined();
});

test("a role that is taken away, and a project that goes, end what a token was good for", async () => {
  const token = await begin();
  await one.accounts.removeUser("somebody");
  await one.accounts.addUser("somebody", "a long password", [
    { role: "admin", projectUuid: undefined, domainUuid: undefined },
  ]);
  one.sessions.forget();
  expect(await one.sessions.resolve(token)).toBeUndefined();
});

test("the sweep removes what is over, and nothing else", async () => {
  await begin();
  clock.advance(LIFE_MS / 2);
  const live = await begin();
  clock.advance(LIFE_MS / 2 + 61_000);
  expect(await two.sessions.sweep()).toBe(1);
  expect(await one.sessions.resolve(live)).toBeDefined();
  expect(await store.records("session")).toHaveLength(1);
});

test("tokens are in the store by their hash only", async () => {
  const token = await begin();
  const stored = JSON.stringify([...(await store.records("session")), ...(await store.records("user"))]);
  expect(stored).not.toContain(token);
  expect(stored).not.toContain("a long password");
});

test("a key ends with its time, and with its user", async () => {
  const { text } = await one.accounts.addKey(user, scope, 60_000);
  const other = await one.accounts.addKey(user, scope, undefined);
  expect((await two.sessions.resolve(text))?.methods).toEqual(["application_credential"]);
  clock.advance(121_000);
  expect(await two.sessions.resolve(text)).toBeUndefined();
  expect(await two.sessions.resolve(other.text)).toBeDefined();
  await one.accounts.removeUser("somebody");
  clock.advance(5_000);
  expect(await two.sessions.resolve(other.text)).toBeUndefined();
  expect(await one.accounts.keys()).toEqual([]);
});
