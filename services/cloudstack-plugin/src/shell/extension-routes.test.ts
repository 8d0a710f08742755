import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@contrail/clock";
import { silentLogger, silentMeter } from "@contrail/observability";
import { KeyedLock } from "@contrail/runtime";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { CallJournal } from "./call-journal.ts";
import { CommandIdentities } from "./command-identities.ts";
import { Configuration } from "./configuration.ts";
import { Extension } from "./extension.ts";
import { createExtensionApp } from "./extension-routes.ts";
import { RefusedCallers } from "./mutual-tls.ts";
import { OwnerDirectory } from "./owner-directory.ts";

/** Timers that the test lets run out. */
let timers: { readonly delayMs: number; readonly callback: () => void }[] = [];
const clock: Clock = {
  wallMs: () => 1_000,
  monotonicMs: () => 0,
  setTimer(delayMs, callback) {
    const timer = { delayMs, callback };
    timers.push(timer);
    const cancel = (): void => {
      timers = timers.filter((other) => other !== timer);
    };
    return { cancel };
  },
  sleep: () => Promise.reject(new Error("nobody sleeps here")),
};

/** A configuration node that takes calls and never answers. */
const silent = createServer(() => undefined);
const directory = mkdtempSync(join(tmpdir(), "contrail-routes-"));
const socketPath = join(directory, "rest.sock");
let journal: CallJournal;

beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(socketPath, resolve));
});

afterAll(() => {
  silent.closeAllConnections();
  silent.close();
  rmSync(directory, { recursive: true });
});

function application() {
  const vnc = new VncClient({ socketPath });
  const parts = { cloud: undefined, owners: new OwnerDirectory(vnc), clock, logger: silentLogger };
  const identities = new CommandIdentities(parts);
  const extension = new Extension(new Configuration(vnc, clock), identities, new KeyedLock());
  journal = new CallJournal(clock, silentLogger, silentMeter, socketPath);
  const refused = new RefusedCallers(clock, silentLogger, silentMeter.counter("refused", ""));
  return createExtensionApp({ extension, journal, refused, clock });
}

beforeEach(() => {
  timers = [];
});

function post(app: ReturnType<typeof application>, url: string, payload = '{"payload":{"network_id":"5"}}') {
  return app.inject({ method: "POST", url, payload, headers: { "content-type": "application/json" } });
}

test("a command that hangs is answered after 45 s, and stands in the list of failures", async () => {
  const app = application();
  const waiting = post(app, "/extension/implement-network");
  while (timers.length === 0) await new Promise(setImmediate);
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([45_000]);
  for (const { callback } of timers) callback();
  const answer = await waiting;
  expect([answer.statusCode, answer.json()]).toMatchObject([503, { status: "error", code: "cloudstack.unavailable" }]);
  expect(journal.history.failures).toMatchObject([{ command: "implement-network", networkId: "5", times: 1 }]);
});

test("a command that ends leaves no timer", async () => {
  const app = application();
  expect((await post(app, "/extension/ensure-network-device")).json()).toMatchObject({ status: "success" });
  expect(timers).toEqual([]);
  expect([...journal.history.counts]).toEqual([["ensure-network-device", { done: 1, failed: 0 }]]);
});

test.each(["/extension/no-such-command", "/extension/__proto__", "/extension/constructor"])(
  "a command that is none, %s, is told and counted under one name",
  async (url) => {
    const answer = await post(application(), url);
    expect([answer.statusCode, answer.json()]).toMatchObject([404, { code: "cloudstack.not_found" }]);
    expect([...journal.history.counts.keys()]).toEqual(["unknown"]);
  },
);

test.each([
  ["GET", "/extension/prepare-nic"],
  ["POST", "/"],
  ["POST", "/status"],
] as const)("%s %s is answered by an object, and is no command", async (method, url) => {
  const answer = await application().inject({ method, url });
  expect([answer.statusCode, answer.json()]).toMatchObject([404, { status: "error" }]);
  expect(journal.history.counts.size).toBe(0);
});

test.each([
  ["a uuid that it printed once is printed again", { "network-uuid": "0000006e-0000-4000-8000-00000000000A" }, true],
  ["what is no uuid is not", { "network-uuid": "x" }, false],
  ["nor what is no object", [], false],
])("ensure-network-device: %s, without a question", async (_what, details, isKept) => {
  const payload = JSON.stringify({ "network-extension-details": details, payload: { network_id: "5" } });
  expect((await post(application(), "/extension/ensure-network-device", payload)).json()).toEqual({
    status: "success",
    device: "opencontrail",
    ...(isKept ? { "network-uuid": "0000006e-0000-4000-8000-00000000000a" } : {}),
  });
  expect(timers).toEqual([]);
});
