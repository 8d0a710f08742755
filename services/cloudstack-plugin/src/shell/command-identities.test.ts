import type { Clock } from "@contrail/clock";
import { type ApiParameters, CloudStackClient, type HttpReply } from "@contrail/cloudstack-api";
import { ContrailError } from "@contrail/errors";
import { silentLogger } from "@contrail/observability";
import { expect, test } from "vitest";
import type { NetworkPayload } from "../core/payload.ts";
import { HeldConfiguration } from "../testing/held-configuration.ts";
import { HeldVnc } from "../testing/held-vnc.ts";
import { CloudReader } from "./cloud-reader.ts";
import { CommandIdentities } from "./command-identities.ts";
import { OwnerDirectory } from "./owner-directory.ts";

const DOMAIN = "00000064-0000-4000-8000-000000000000";

function payload(number: string): NetworkPayload {
  return { network_id: number, cidr: "10.1.1.0/24", gateway: "10.1.1.1" };
}

function networkOf(number: number, more: object = {}): object {
  const id = `0000006e-0000-4000-8000-${String(number).padStart(12, "0")}`;
  return { id, name: "n", state: "Implementing", cidr: "10.1.1.0/24", gateway: "10.1.1.1", domainid: DOMAIN, ...more };
}

/** CloudStack as a function of a request's parameters, on a clock that only moves when it is told. */
function world(answer: (parameters: ApiParameters) => Promise<object> | object) {
  let nowMs = 0;
  const timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  const clock: Clock = {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    setTimer: (delayMs, callback) => {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.push(timer);
      return { cancel: () => void timers.splice(timers.indexOf(timer), 1) };
    },
    sleep: () => Promise.reject(new Error("nobody sleeps here")),
  };
  const asked: ApiParameters[] = [];
  const transport = async (parameters: ApiParameters): Promise<HttpReply> => {
    asked.push(parameters);
    return { status: 200, text: JSON.stringify({ response: await answer(parameters) }) };
  };
  const cloud = (signal: AbortSignal) =>
    new CloudReader(() => {
      const until = (parameters: ApiParameters) => {
        signal.throwIfAborted();
        return transport(parameters);
      };
      return new CloudStackClient(until, { apiKey: "a", secretKey: "s" }, clock);
    });
  const held = new HeldConfiguration();
  held.create("domain", { fq_name: ["default-domain"] });
  const owners = new OwnerDirectory(new HeldVnc(held));
  const identities = new CommandIdentities({ cloud, owners, clock, logger: silentLogger });
  const pass = (ms: number): void => {
    nowMs += ms;
    for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) timer.callback();
  };
  return { identities, asked, pass };
}

test("a list of many slow pages is left after five seconds in all, and nothing more is asked", async () => {
  const pages: (() => void)[] = [];
  let onPage = Promise.withResolvers<void>();
  const { identities, asked, pass } = world(({ id, page }) => {
    if (id !== undefined) return {};
    const { promise, resolve } = Promise.withResolvers<object>();
    pages.push(() => resolve({ count: 1_000_000, network: [networkOf(Number(page))] }));
    onPage.resolve();
    return promise;
  });
  const found = identities.ofPayload(payload("208"), undefined);
  for (let second = 0; second < 4; second++) {
    await onPage.promise;
    onPage = Promise.withResolvers();
    pass(1_000);
    pages.at(-1)?.();
  }
  await onPage.promise;
  const before = asked.length;
  pass(1_000);
  expect(await found).toBeUndefined();
  pages.at(-1)?.();
  await new Promise(setImmediate);
  expect(asked).toHaveLength(before);
});

test("a question that CloudStack does not answer is not asked again for half a minute, of any network", async () => {
  let isThere = false;
  const { identities, asked, pass } = world(() => {
    if (!isThere) throw new ContrailError("cloudstack.unavailable", "not there");
    return { count: 1, network: [networkOf(9)] };
  });
  expect(await identities.uuidOf(payload("208"))).toBeUndefined();
  isThere = true;
  expect(await identities.uuidOf(payload("209"))).toBeUndefined();
  expect(await identities.ofPayload(payload("209"), "0000006e-0000-4000-8000-000000000009")).toBeUndefined();
  expect(asked).toHaveLength(1);
  pass(30_000);
  expect(await identities.uuidOf(payload("209"))).toBe("0000006e-0000-4000-8000-000000000009");
});

test("a number that CloudStack does not know pauses the question of that network only", async () => {
  const { identities, asked } = world(({ id }) => (id === "209" ? { count: 1, network: [networkOf(9)] } : {}));
  expect(await identities.uuidOf(payload("208"))).toBeUndefined();
  const before = asked.length;
  expect(await identities.uuidOf(payload("208"))).toBeUndefined();
  expect(asked).toHaveLength(before);
  expect(await identities.uuidOf(payload("209"))).toBe("0000006e-0000-4000-8000-000000000009");
});

test("a network that is only guessed to be the one of a number is nobody's proof", async () => {
  const { identities } = world(({ id }) => (id === undefined ? { count: 1, network: [networkOf(9)] } : {}));
  expect(await identities.uuidOf(payload("208"))).toBeUndefined();
});

test("a network of the number with another prefix is not the one that is asked about", async () => {
  const { identities } = world(({ id }) =>
    id === undefined ? {} : { count: 1, network: [networkOf(9, { cidr: "10.9.0.0/16", gateway: "10.9.0.1" })] },
  );
  expect(await identities.uuidOf(payload("208"))).toBeUndefined();
});

const OWNED = { account: "admin", domainpath: "ROOT" };
const ACCOUNTS = {
  count: 1,
  account: [{ id: "0000006f-0000-4000-8000-000000000001", name: "admin", domainid: DOMAIN, domainpath: "ROOT" }],
};

test("a network is not named after the only one that is being implemented and has its prefix", async () => {
  const { identities } = world(({ command, id, page, projectid }) => {
    if (Number(page ?? 1) > 1 || id !== undefined || projectid !== undefined) return {};
    return command === "listAccounts" ? ACCOUNTS : { count: 1, network: [networkOf(9, OWNED)] };
  });
  expect(await identities.ofPayload(payload("208"), undefined)).toBeUndefined();
});

const UUID = "0000006e-0000-4000-8000-000000000009";
const nicUuid = (index: number): string => `00000069-0000-4000-8000-${String(index).padStart(12, "0")}`;

/** What CloudStack tells of NICs of machines (1, 2), and of a router (3); refused: how it answers listRouters. */
function withNics(refused?: ContrailError) {
  const { identities } = world(({ command, id, networkid, page, projectid }) => {
    if (projectid !== undefined || Number(page ?? 1) > 1) return {};
    if (command === "listNetworks" && id === UUID) return { count: 1, network: [networkOf(9, OWNED)] };
    if (command === "listAccounts") return ACCOUNTS;
    const nic = (index: number) => ({ id: nicUuid(index), networkid: UUID });
    if (networkid !== UUID) return {};
    if (command === "listVirtualMachines")
      return { count: 1, virtualmachine: [{ id: nicUuid(50), nic: [nic(1), nic(2)] }] };
    if (command === "listRouters" && refused !== undefined) throw refused;
    return command === "listRouters" ? { count: 1, router: [{ id: nicUuid(51), nic: [nic(3)] }] } : {};
  });
  return async (...indexes: readonly number[]) => {
    const told = await identities.ofPorts(payload("208"), UUID, indexes.map(nicUuid));
    return typeof told === "object" ? told.uuid : told;
  };
}

test("ports are of a network where all are its machines' or routers'; one stranger is enough that they are others'", async () => {
  const whose = withNics();
  expect(await whose(1, 2)).toBe(UUID);
  expect(await whose(3)).toBe(UUID);
  expect(await whose(1, 3)).toBe(UUID);
  expect(await whose(1, 4)).toBe("others");
  expect(await whose(4)).toBe("others");
});

test("where routers are not told a port more may be a router's, but ports of which none is the network's are not", async () => {
  const refusal = new ContrailError("cloudstack.permission_denied", "no");
  expect(await withNics(refusal)(1, 4)).toBeUndefined();
  expect(await withNics(refusal)(4)).toBe("others");
});
