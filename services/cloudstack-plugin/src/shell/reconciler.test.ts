import { expect, test } from "vitest";
import {
  AT_ONCE,
  BY_ITSELF,
  cloudOf,
  network,
  nic,
  OWNER,
  ReconcilerWorld,
  ROOT,
} from "../testing/reconciler-world.ts";

function running(count: number, writesPerSecond: number): ReconcilerWorld {
  const nics = Array.from({ length: count }, (_, index) => nic(index));
  return new ReconcilerWorld(cloudOf([network()], nics), writesPerSecond);
}

test("a command of a network does not wait until all of the network is mended", async () => {
  const world = running(30, 1);
  const run = world.reconciler.run(BY_ITSELF);
  let made = -1;
  await world.begun;
  await world.lock.run("1", async () => {
    made = world.count("virtual-machine-interface");
  });
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(30);
  // The network, the account's project and the mark of the root domain are three more.
  expect(await run).toMatchObject({ failures: [], settled: 33 });
  expect(world.count("virtual-machine-interface")).toBe(30);
});

/** The object of a uuid, as the configuration has it. */
function named(world: ReconcilerWorld, type: string, uuid: string): unknown {
  return world.held.list(type).find((one) => one.uuid === uuid);
}

test("ports and machines are their tenant's, also those that were made before CloudStack told whose they are, and those of another's", async () => {
  const world = running(1, 1_000);
  const { uuid: port, machineUuid } = nic(0);
  await world.reconciler.run(BY_ITSELF);
  const his = { perms2: { owner: OWNER.uuid, owner_access: 7, global_access: 0, share: [] } };
  expect(named(world, "virtual-machine-interface", port)).toMatchObject(his);
  expect(named(world, "virtual-machine", machineUuid)).toMatchObject({ display_name: "m0", ...his });
  const former = {
    perms2: { owner: "former", owner_access: 7, global_access: 7, share: [{ tenant: "x", tenant_access: 7 }] },
  };
  for (const [type, uuid] of [
    ["virtual-machine-interface", port],
    ["virtual-machine", machineUuid],
  ] as const) {
    world.held.write({ kind: "update", type, uuid, change: former });
    expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ failures: [], settled: 1 });
    expect(named(world, type, uuid)).toMatchObject(his);
  }
  expect((await world.reconciler.diff()).found).toBe(0);
});

test("a machine that is renamed in CloudStack is renamed; one of another door stays as it is", async () => {
  const world = running(1, 1_000);
  const { machineUuid: uuid } = nic(0);
  await world.reconciler.run(BY_ITSELF);
  world.cloud = cloudOf([network()], [{ ...nic(0), machineName: "web" }]);
  await world.reconciler.run(BY_ITSELF);
  expect(named(world, "virtual-machine", uuid)).toMatchObject({ display_name: "web" });
  const theirs = { display_name: "theirs", annotations: { key_value_pair: [] } };
  world.held.write({ kind: "update", type: "virtual-machine", uuid, change: theirs });
  expect((await world.reconciler.run(BY_ITSELF)).found).toBe(0);
  expect(named(world, "virtual-machine", uuid)).toMatchObject({ display_name: "theirs" });
});

test("a port in a network for all of a domain, and its machine, are the machine's owner's, and nothing differs after that", async () => {
  const shared = { ...network(2), projectUuid: "00000070-0000-4000-8000-000000000099" };
  const all = { ...OWNER, kind: "project" as const, uuid: shared.projectUuid, name: "all" };
  const machine = { machineUuid: nic(1).machineUuid, machineOwner: network() };
  const own = { ...nic(1), ...machine };
  const nics = [own, { ...nic(2, shared), ...machine, machineName: own.machineName, isDefault: false }];
  const world = new ReconcilerWorld({ ...cloudOf([network(), shared], nics), owners: [OWNER, all] });
  // Both networks make the machine at once: the one that comes second is settled by the next run.
  await world.reconciler.run(BY_ITSELF);
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ failures: [] });
  for (const type of ["virtual-machine-interface", "virtual-machine"]) {
    for (const one of world.held.list(type)) expect(one).toMatchObject({ perms2: { owner: OWNER.uuid } });
  }
  expect((await world.reconciler.diff()).found).toBe(0);
});

test("what is refused is tried once a run, and the others are mended", async () => {
  const world = running(12, 1);
  const refused = nic(3).uuid;
  world.isRefused = (uuid) => uuid === refused;
  const report = await world.reconciler.run(BY_ITSELF);
  expect(report).toMatchObject({ failed: 1, failures: [{ uuid: refused, problem: "refused" }] });
  expect(world.written.filter((uuid) => uuid === refused)).toHaveLength(1);
  expect(world.count("virtual-machine-interface")).toBe(11);
});

test("a report shows a thousand differences and a hundred failures, and counts all", async () => {
  const world = running(1_200, 1_000);
  world.isRefused = (uuid) => uuid.startsWith("00000069-");
  const { differences, found, settled, failures, failed } = await world.reconciler.run(BY_ITSELF);
  expect([differences.length, found, settled]).toEqual([1_000, 1_203, 3]);
  expect([failures.length, failed]).toEqual([100, 1_200]);
  const more = await world.reconciler.diff(1_100);
  expect([more.differences.length, more.found]).toEqual([1_100, 1_200]);
});

test("a network with many ports goes piece by piece, and its commands come in between", async () => {
  const world = running(300, 50);
  await world.reconciler.run(BY_ITSELF);
  world.cloud = cloudOf([network(2)], []);
  const beganMs = world.nowMs;
  const seen: number[] = [];
  const waiting: Promise<void>[] = [];
  const look = (): Promise<void> =>
    world.lock.run("1", async () => {
      seen.push(world.count("virtual-machine-interface"));
      if (seen.at(-1) !== 0) waiting.push(look());
    });
  const run = world.reconciler.run({ ...AT_ONCE, removeMany: true });
  waiting.push(look());
  const report = await run;
  for (const one of waiting) await one;
  expect(report).toMatchObject({ failures: [], failed: 0 });
  expect(world.count("virtual-machine-interface") + world.count("instance-ip") + world.count("virtual-machine")).toBe(
    0,
  );
  expect(world.count("virtual-network")).toBe(1);
  // 1,200 writes and more by 50 a second, never more than five seconds of them at once.
  expect(world.nowMs - beganMs).toBeGreaterThan(20_000);
  expect(seen.filter((count) => count > 0 && count < 300).length).toBeGreaterThan(3);
});

test("a key of another CloudStack changes nothing until a person says that it is meant", async () => {
  const world = running(1, 1_000);
  await world.reconciler.run(BY_ITSELF);
  const before = world.written.length;
  const other = { uuid: "00000064-0000-4000-8000-00000000000f", path: "ROOT" };
  const owner = { ...OWNER, uuid: "0000006f-0000-4000-8000-00000000000f", domain: other };
  world.cloud = { ...cloudOf([], []), domains: [other], owners: [owner] };
  const message = expect.stringMatching(
    /wrong URL or key\?.*database made anew.*contrail cloudstack reconcile --other-cloud/,
  );
  const refusal = { code: "cloudstack.precondition_failed", message };
  await expect(world.reconciler.run({ ...AT_ONCE, removeMany: true })).rejects.toMatchObject(refusal);
  await expect(world.reconciler.diff()).rejects.toMatchObject(refusal);
  world.cloud = { ...world.cloud, domains: [] };
  await expect(world.reconciler.run(AT_ONCE)).rejects.toMatchObject(refusal);
  expect(world.written.length).toBe(before);
  world.cloud = { ...world.cloud, domains: [other] };
  expect(await world.reconciler.run({ ...BY_ITSELF, otherCloud: true })).toMatchObject({ failed: 0 });
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ held: false, writes: 0, waiting: 2 });
  expect(await world.reconciler.run(AT_ONCE)).toMatchObject({ held: true });
  expect(world.count("virtual-network")).toBe(1);
  await world.reconciler.run({ ...AT_ONCE, removeMany: true });
  expect(world.count("virtual-network")).toBe(0);
});

test("objects from before it was remembered whose they are refuse a cloud that knows none of their owners", async () => {
  const world = new ReconcilerWorld(cloudOf([], []));
  const annotations = { key_value_pair: [{ key: "cloudstack.owner", value: "account" }] };
  const uuid = "0000006f-0000-4000-8000-00000000000f";
  world.held.create("project", { uuid, fq_name: ["default-domain", "old"], annotations });
  await expect(world.reconciler.run(AT_ONCE)).rejects.toThrow(/not the CloudStack/);
  world.cloud = { ...world.cloud, owners: [OWNER, { ...OWNER, uuid, name: "old" }] };
  expect(await world.reconciler.run(AT_ONCE)).toMatchObject({ failed: 0 });
});

test("a small cloud does not lose all of its networks or ports without a person", async () => {
  const world = running(2, 1_000);
  await world.reconciler.run(BY_ITSELF);
  world.cloud = cloudOf([network()], []);
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ held: false, waiting: 2 });
  expect(await world.reconciler.run(AT_ONCE)).toMatchObject({ held: true, writes: 0 });
  world.cloud = cloudOf([network()], [nic(0)]);
  expect(await world.reconciler.run(AT_ONCE)).toMatchObject({ held: false, settled: 1 });
  world.cloud = cloudOf([], []);
  expect(await world.reconciler.run(AT_ONCE)).toMatchObject({ held: true, writes: 0 });
  expect(await world.reconciler.run({ ...AT_ONCE, removeMany: true })).toMatchObject({ held: false, failed: 0 });
  expect(world.count("virtual-network")).toBe(0);
});

test("a project that others use is counted as used, not as removed", async () => {
  const world = running(0, 1_000);
  const old = { ...OWNER, uuid: "0000006f-0000-4000-8000-00000000000f", name: "old" };
  world.cloud = { ...world.cloud, owners: [OWNER, old] };
  await world.reconciler.run(BY_ITSELF);
  world.held.create("virtual-network", { fq_name: ["x"], project_refs: [{ uuid: old.uuid }] });
  world.cloud = { ...world.cloud, owners: [OWNER] };
  for (let run = 0; run < 2; run++) {
    expect(await world.reconciler.run(AT_ONCE)).toMatchObject({ settled: 0, writes: 0, inUse: 1, found: 1 });
  }
  expect(world.held.list("project")).toHaveLength(2);
});

test("a network of which commands are on their way is open, though nothing differs", async () => {
  const world = running(1, 1_000);
  await world.reconciler.run(BY_ITSELF);
  await world.reconciler.diff();
  expect(["1", "2"].filter((number) => world.open?.has(number))).toEqual([]);
  world.cloud = cloudOf([network()], [nic(0), { ...nic(1), machineState: "Starting" }]);
  expect((await world.reconciler.diff()).found).toBe(0);
  expect(["1", "2"].filter((number) => world.open?.has(number))).toEqual(["1"]);
  const unknown = {
    type: "virtual-machine" as const,
    uuid: undefined,
    name: "m",
    machineUuid: undefined,
    problem: "?",
  };
  world.open = undefined;
  world.cloud = { ...cloudOf([network()], [nic(0)]), unknown: [unknown] };
  await world.reconciler.diff();
  expect(world.open).toBeUndefined();
});

test("the root domain keeps its uuid in the configuration, and nothing is written twice", async () => {
  const world = running(1, 1_000);
  await world.reconciler.run(BY_ITSELF);
  const [domain] = world.held.list("domain");
  expect(JSON.stringify(domain?.annotations)).toContain(ROOT.uuid);
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ writes: 0, found: 0 });
});

test("a run that changed something is one event with counts; one that had nothing to change is none", async () => {
  const world = running(3, 1_000);
  await world.reconciler.run(BY_ITSELF);
  await world.reconciler.run(BY_ITSELF);
  const text = "the configuration was made as CloudStack has it:";
  // The network, the account's project and the mark of the root domain are three more.
  expect(world.journal.events.latest(9)).toMatchObject([
    { kind: "reconciled", text: `${text} 6 made or mended, 0 removed` },
  ]);
  world.cloud = cloudOf([network()], [nic(0), nic(1)]);
  await world.reconciler.run(AT_ONCE);
  expect(world.journal.events.latest(1)).toMatchObject([{ kind: "reconciled", details: { mended: 0 } }]);
  expect(world.journal.events.latest(9)).toHaveLength(2);
});

test("what goes without its grace does not wait any more", async () => {
  const world = running(3, 1_000);
  await world.reconciler.run(BY_ITSELF);
  world.cloud = cloudOf([network()], [nic(0), nic(1)]);
  const waiting = await world.reconciler.run(BY_ITSELF);
  expect(waiting).toMatchObject({ settled: 0 });
  expect(waiting.waiting).toBeGreaterThan(0);
  expect(waiting.waiting).toBe(waiting.found);
  expect(await world.reconciler.run(AT_ONCE)).toMatchObject({ waiting: 0, settled: waiting.found });
});

test("a network that CloudStack tells too slowly is left to the next run, and its commands go on", async () => {
  const world = new ReconcilerWorld(cloudOf([network(1), network(2)], [nic(1), nic(2, network(2))]));
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  world.answered = (uuid) => {
    if (uuid !== network(1).uuid) return Promise.resolve();
    asked.resolve();
    return answer.promise;
  };
  const run = world.reconciler.run(BY_ITSELF);
  await asked.promise;
  let isFree = false;
  const command = world.lock.run("1", async () => {
    isFree = true;
  });
  world.pass(19_999);
  await new Promise(setImmediate);
  expect(isFree).toBe(false);
  world.pass(1);
  const report = await run;
  await command;
  expect(report).toMatchObject({ failed: 1, failures: [{ uuid: network(1).uuid }] });
  expect(report.failures[0]?.problem).toMatch(/not told all of the network in 20 s/);
  const there = () => world.held.list("virtual-machine-interface").map(({ uuid }) => uuid);
  expect(there()).toEqual([nic(2, network(2)).uuid]);
  // What comes too late changes nothing.
  answer.resolve();
  await new Promise(setImmediate);
  expect(there()).toHaveLength(1);
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ failed: 0 });
  expect(there()).toHaveLength(2);
});
