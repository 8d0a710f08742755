import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { annotated, annotationsOf, KEYS } from "../core/annotations.ts";
import type { CloudNetwork } from "../core/cloud.ts";
import { referredUuids } from "../core/references.ts";
import type { SystemNic } from "../core/system-nics.ts";
import { AT_ONCE, BY_ITSELF, cloudOf, network, nic, OWNER, ReconcilerWorld } from "../testing/reconciler-world.ts";

const [A, B] = [network(1), network(2)];
const DATA = { [KEYS.vmData]: '{"userdata":"text","public-keys":"key"}', [KEYS.password]: "secret" };

/** A network of the configuration that the plugin has made, with these annotations, as another object than CloudStack's uuid. */
function madeNetwork(
  world: ReconcilerWorld,
  of: CloudNetwork,
  more: Readonly<Record<string, string>>,
  name = "",
): string {
  const [prefix] = (of.cidr ?? "").split("/");
  const subnet = { ip_prefix: prefix ?? "", ip_prefix_len: 16 };
  return world.held.create("virtual-network", {
    fq_name: ["default-domain", "default-project", `cs-net-${of.networkId}${name}`],
    network_ipam_refs: [
      {
        to: ["default-domain", "default-project", "default-network-ipam"],
        attr: { ipam_subnets: [{ subnet, default_gateway: of.gateway ?? "", subnet_name: "cloudstack" }] },
      },
    ],
    annotations: annotated(new Map(), { [KEYS.networkId]: of.networkId, ...more }),
    // One that was adopted has its owner.
    ...(more[KEYS.networkUuid] === undefined ? {} : { perms2: { owner: OWNER.uuid } }),
  });
}

function networkOf(world: ReconcilerWorld, port: string): string | undefined {
  const vmi = world.held.list("virtual-machine-interface").find(({ uuid }) => uuid === port);
  return vmi === undefined ? undefined : referredUuids(vmi, "virtual_network_refs")[0];
}

function object(world: ReconcilerWorld, uuid: string): JsonObject | undefined {
  return world.held.list("virtual-network").find((one) => one.uuid === uuid);
}

function annotation(world: ReconcilerWorld, uuid: string, key: string): string | undefined {
  return annotationsOf(object(world, uuid) ?? {}).get(key);
}

/** Both networks with a machine each; the port of B's was made in A, with an address there, its user data, keys and password. */
async function joined(): Promise<ReconcilerWorld> {
  const world = new ReconcilerWorld(cloudOf([A, B], [nic(1, A)]));
  await world.reconciler.run(BY_ITSELF);
  const port = nic(2, B).uuid;
  const annotations = annotated(new Map(), { [KEYS.nicState]: "prepared", [KEYS.nicId]: "77", ...DATA });
  world.strayPort(2, { annotations, virtual_network_refs: [{ uuid: A.uuid }] }, B);
  world.held.create("instance-ip", {
    fq_name: [`cs-nic-${port}`],
    instance_ip_address: nic(2, B).ip ?? "",
    virtual_network_refs: [{ uuid: A.uuid }],
    virtual_machine_interface_refs: [{ uuid: port }],
  });
  world.cloud = cloudOf([A, B], [nic(1, A), nic(2, B)]);
  return world;
}

test("a port that CloudStack has in another network is moved there at once, with all it has", async () => {
  const world = await joined();
  const report = await world.reconciler.run(BY_ITSELF);
  expect(report).toMatchObject({ failures: [], settled: 1, removed: 0, waiting: 0 });
  const port = nic(2, B).uuid;
  expect(report.differences).toMatchObject([{ action: "move", uuid: port, network: "2" }]);
  expect(networkOf(world, port)).toBe(B.uuid);
  const [vmi] = world.held.list("virtual-machine-interface").filter(({ uuid }) => uuid === port);
  expect(Object.fromEntries(annotationsOf(vmi ?? {}))).toMatchObject({ ...DATA, [KEYS.nicId]: "77" });
  const addresses = world.held.list("instance-ip").filter((one) => String(one.fq_name) === `cs-nic-${port}`);
  expect(addresses).toMatchObject([{ instance_ip_address: nic(2, B).ip, virtual_network_refs: [{ uuid: B.uuid }] }]);
  expect((await world.reconciler.diff()).found).toBe(0);
});

test("a network that CloudStack has no more does not take another's port along, whatever a person asks for", async () => {
  const world = await joined();
  const asked = { ...AT_ONCE, removeMany: true };
  // B's port cannot be moved yet: CloudStack does not tell B's number.
  world.cloud = cloudOf([{ ...B, networkId: undefined, state: "Allocated" }], [nic(2, B)]);
  world.held.write({ kind: "remove", type: "virtual-network", uuid: B.uuid, unlessUsed: false });
  const held = await world.reconciler.run(asked);
  expect(held.differences.filter(({ uuid }) => uuid === A.uuid)).toMatchObject([
    { action: "held", reason: expect.stringContaining("CloudStack has ports of it in another network") },
  ]);
  expect(networkOf(world, nic(2, B).uuid)).toBe(A.uuid);
  world.cloud = cloudOf([B], [nic(2, B)]);
  await world.reconciler.run(asked);
  expect(networkOf(world, nic(2, B).uuid)).toBe(B.uuid);
  await world.reconciler.run(asked);
  expect(world.held.list("virtual-network").map(({ uuid }) => uuid)).toEqual([B.uuid]);
  expect(world.count("virtual-machine-interface")).toBe(1);
});

test("a network's grace begins when the last port of another's is out of it", async () => {
  const world = await joined();
  world.cloud = cloudOf([B], [nic(2, B)]);
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ settled: 1, removed: 0, waiting: 0 });
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ settled: 0, removed: 0, waiting: 1 });
});

test("a port is moved while commands of its machine are on their way, and nothing else of it is changed", async () => {
  const world = await joined();
  const starting = { ...nic(2, B), machineState: "Starting", machineName: "renamed" };
  world.cloud = cloudOf([A, B], [nic(1, A), starting]);
  await world.reconciler.run(BY_ITSELF);
  const [vmi] = world.held.list("virtual-machine-interface").filter(({ uuid }) => uuid === starting.uuid);
  expect(vmi).not.toMatchObject({ display_name: "renamed" });
  expect(networkOf(world, starting.uuid)).toBe(B.uuid);
});

test("a router's port that is in another network than the router is moved, and none is made", async () => {
  const world = await joined();
  const router: SystemNic = { ...nic(2, B), ip: "10.2.0.1", machineUuid: "r" };
  world.cloud = { ...cloudOf([A, B], [nic(1, A)]), system: [router, { ...router, uuid: nic(3, B).uuid }] };
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ failures: [], settled: 1 });
  expect(networkOf(world, nic(2, B).uuid)).toBe(B.uuid);
  expect(world.count("virtual-machine-interface")).toBe(2);
});

test("while a port is moved no command of either network comes in between", async () => {
  const world = await joined();
  const port = nic(2, B).uuid;
  const seen: unknown[] = [];
  const waiting: Promise<void>[] = [];
  const look = (number: string): Promise<void> =>
    world.lock.run(number, async () => {
      const addresses = world.held.list("instance-ip").filter((one) => String(one.fq_name) === `cs-nic-${port}`);
      seen.push([networkOf(world, port), addresses.length]);
    });
  world.isRefused = (uuid) => {
    if (uuid === port) waiting.push(look("1"), look("2"));
    return false;
  };
  await world.reconciler.run(BY_ITSELF);
  await Promise.all(waiting);
  expect(seen).toEqual([
    [B.uuid, 1],
    [B.uuid, 1],
  ]);
});

test("an adopted network that has lost its number gets it back from the one that has it", async () => {
  const world = new ReconcilerWorld(cloudOf([A], [nic(1, A)]));
  const adopted = madeNetwork(world, A, { [KEYS.networkUuid]: A.uuid, [KEYS.networkId]: "1-x" }, "-adopted");
  const other = madeNetwork(world, A, { [KEYS.networkUuid]: B.uuid });
  await world.reconciler.run(BY_ITSELF);
  expect(annotation(world, adopted, KEYS.networkId)).toBe("1");
  expect(annotation(world, other, KEYS.networkId)).toBe(`1-${other}`);
  expect(networkOf(world, nic(1, A).uuid)).toBe(adopted);
  expect(world.count("virtual-network")).toBe(2);
});

test("a network that has lost its number is changed under the lock of the number that it had", async () => {
  const world = new ReconcilerWorld(cloudOf([A], [nic(1, A)]));
  await world.reconciler.run(BY_ITSELF);
  const lost = madeNetwork(world, A, { [KEYS.networkUuid]: B.uuid, [KEYS.networkId]: `1-${B.uuid}` });
  const port = world.strayPort(5, { virtual_network_refs: [{ uuid: lost }] }, A);
  const seen: boolean[] = [];
  const waiting: Promise<void>[] = [];
  world.isRefused = (uuid) => {
    const look = async () => void seen.push(object(world, lost) === undefined);
    if (uuid === port) waiting.push(world.lock.run("1", look));
    return false;
  };
  await world.reconciler.run(AT_ONCE);
  await Promise.all(waiting);
  expect(seen).toEqual([true]);
});

test("of two networks of one uuid the second one's ports come into the first, and then it goes", async () => {
  const world = new ReconcilerWorld(cloudOf([A], []));
  await world.reconciler.run(BY_ITSELF);
  const second = madeNetwork(world, A, { [KEYS.networkUuid]: A.uuid, [KEYS.networkId]: "1-x" });
  world.strayPort(1, { virtual_network_refs: [{ uuid: second }] }, A);
  world.cloud = cloudOf([A], [nic(1, A)]);
  const report = await world.reconciler.run(BY_ITSELF);
  expect(report.differences.map(({ action, uuid }) => [action, uuid])).toEqual([
    ["move", nic(1, A).uuid],
    ["held", second],
  ]);
  expect(networkOf(world, nic(1, A).uuid)).toBe(A.uuid);
  await world.reconciler.run(AT_ONCE);
  expect(world.held.list("virtual-network").map(({ uuid }) => uuid)).toEqual([A.uuid]);
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ found: 0, writes: 0 });
});

test("a provisional network without one of CloudStack's NICs is another's: it goes, and is not adopted", async () => {
  const world = new ReconcilerWorld(cloudOf([A], []));
  const provisional = madeNetwork(world, A, {});
  world.strayPort(5, { virtual_network_refs: [{ uuid: provisional }] }, A);
  await world.reconciler.run({ ...AT_ONCE, removeMany: true });
  expect(world.held.list("virtual-network").map(({ uuid }) => uuid)).toEqual([A.uuid]);
  expect(world.count("virtual-machine-interface")).toBe(0);
});

test("a provisional network with a stranger in it is nobody's: each port comes into its own network", async () => {
  const world = new ReconcilerWorld(cloudOf([A, B], []));
  const provisional = madeNetwork(world, A, {});
  for (const [index, of] of [
    [1, A],
    [2, B],
    [3, A],
  ] as const) {
    world.strayPort(index, { virtual_network_refs: [{ uuid: provisional }] }, of);
  }
  world.cloud = cloudOf([A, B], [nic(1, A), nic(2, B)]);
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ failures: [] });
  const networks = [1, 2, 3].map((index) => networkOf(world, nic(index).uuid));
  expect(networks).toEqual([A.uuid, B.uuid, provisional]);
  expect(annotation(world, provisional, KEYS.networkId)).toBe(`1-${provisional}`);
  expect(annotation(world, A.uuid, KEYS.networkId)).toBe("1");
  await world.reconciler.run({ ...AT_ONCE, removeMany: true });
  expect(world.count("virtual-network")).toBe(2);
});

test("a provisional network in which a port may be what is not understood stays as it is, and no other takes its number", async () => {
  const world = new ReconcilerWorld(cloudOf([A], []));
  const provisional = madeNetwork(world, A, {});
  for (const index of [1, 3]) world.strayPort(index, { virtual_network_refs: [{ uuid: provisional }] }, A);
  const item = { type: "virtual-machine" as const, uuid: undefined, name: "m", machineUuid: undefined, problem: "?" };
  world.cloud = { ...cloudOf([A], [nic(1, A)]), unknown: [item] };
  await world.reconciler.run({ ...AT_ONCE, removeMany: true });
  expect(world.held.list("virtual-network").map(({ uuid }) => uuid)).toEqual([provisional]);
  expect(annotation(world, provisional, KEYS.networkId)).toBe("1");
});

test("a provisional network with only a router's port is the router's network", async () => {
  const router: SystemNic = { ...nic(7, A), ip: "10.1.0.1", machineUuid: "r" };
  const world = new ReconcilerWorld({ ...cloudOf([A], []), system: [router] });
  const provisional = madeNetwork(world, A, {});
  world.strayPort(7, { virtual_network_refs: [{ uuid: provisional }] }, A);
  const report = await world.reconciler.run(BY_ITSELF);
  expect(report.differences).toContainEqual(expect.objectContaining({ action: "adopt", uuid: A.uuid }));
  expect(annotation(world, provisional, KEYS.networkUuid)).toBe(A.uuid);
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ found: 0 });
});

test("an adopted network is its owner's alone: those whom the one before let in are out", async () => {
  const world = new ReconcilerWorld(cloudOf([A], [nic(1, A)]));
  const provisional = madeNetwork(world, A, {});
  const share = [{ tenant: "somebody", tenant_access: 7 }];
  world.held.write({
    kind: "update",
    type: "virtual-network",
    uuid: provisional,
    change: { perms2: { owner: "former", owner_access: 7, global_access: 7, share } },
  });
  world.strayPort(1, { virtual_network_refs: [{ uuid: provisional }] }, A);
  await world.reconciler.run(BY_ITSELF);
  const alone = { owner: OWNER.uuid, owner_access: 7, global_access: 0, share: [] };
  expect(object(world, provisional)).toMatchObject({ perms2: alone });
  const mine = { ...alone, share };
  world.held.write({ kind: "update", type: "virtual-network", uuid: provisional, change: { perms2: mine } });
  await world.reconciler.run(BY_ITSELF);
  expect(object(world, provisional)).toMatchObject({ perms2: mine });
});

test("a network that was made by its uuid alone comes to its owner's project, as long as it is empty", async () => {
  const world = new ReconcilerWorld(cloudOf([A], []));
  world.held.create("virtual-network", {
    uuid: A.uuid,
    fq_name: ["default-domain", "default-project", `cs-net-1-${A.uuid}`],
    perms2: { owner: "cloud-admin" },
    annotations: annotated(new Map(), { [KEYS.networkId]: "1", [KEYS.networkUuid]: A.uuid }),
  });
  const report = await world.reconciler.run(BY_ITSELF);
  expect(report.differences).toContainEqual(expect.objectContaining({ action: "replace", uuid: A.uuid }));
  expect(object(world, A.uuid)).toMatchObject({ fq_name: ["default-domain", "admin", "cs-net-1"] });
  expect(await world.reconciler.run(BY_ITSELF)).toMatchObject({ found: 0 });
});
