import fc from "fast-check";
import { expect, test } from "vitest";
import { annotated, annotationsOf, KEYS } from "../core/annotations.ts";
import { cloudUuidOf } from "../core/network-view.ts";
import { referredUuids } from "../core/references.ts";
import { AT_ONCE, cloudOf, network, nic, OWNER, ReconcilerWorld } from "../testing/reconciler-world.ts";

const CLOUD_NETWORKS = [network(1), network(2), network(3)];
const MANY = { ...AT_ONCE, removeMany: true };

/** A network of the configuration: with CloudStack's uuid, or provisional; with its own number, or one that it has lost. */
const objects = fc.array(
  fc.record({
    of: fc.nat(2),
    kind: fc.constantFrom("own" as const, "adopted" as const, "provisional" as const),
    hasNumber: fc.boolean(),
  }),
  { maxLength: 5 },
);
/** A port: of which network CloudStack has its NIC, if of any, and in which object it stands. */
const ports = fc.array(fc.record({ of: fc.option(fc.nat(2)), at: fc.nat(4) }), { maxLength: 6 });

interface Beginning {
  readonly world: ReconcilerWorld;
  /** CloudStack's networks of ports, by their uuids. */
  readonly wanted: ReadonlyMap<string, string>;
}

function beginning(
  made: readonly { readonly of: number; readonly kind: string; readonly hasNumber: boolean }[],
  standing: readonly { readonly of: number | null; readonly at: number }[],
): Beginning {
  const world = new ReconcilerWorld(cloudOf(CLOUD_NETWORKS, []));
  const numbers = new Set<string>();
  const uuids = new Set<string>();
  const there = made.flatMap(({ of, kind, hasNumber }, index) => {
    const cloud = CLOUD_NETWORKS[of];
    if (cloud === undefined || (kind === "own" && uuids.has(cloud.uuid))) return [];
    if (kind === "own") uuids.add(cloud.uuid);
    const number = hasNumber && !numbers.has(`${of}`) ? cloud.networkId : `${cloud.networkId}-${index}`;
    if (number === cloud.networkId) numbers.add(`${of}`);
    return world.held.create("virtual-network", {
      ...(kind === "own" ? { uuid: cloud.uuid } : {}),
      fq_name: ["default-domain", "default-project", `${index}`],
      ...(kind === "provisional" ? {} : { perms2: { owner: OWNER.uuid } }),
      annotations: annotated(new Map(), {
        [KEYS.networkId]: number,
        [KEYS.networkUuid]: kind === "provisional" ? undefined : cloud.uuid,
      }),
    });
  });
  const wanted = new Map<string, string>();
  const nics = standing.flatMap(({ of, at }, index) => {
    const cloud = CLOUD_NETWORKS[of ?? 0] ?? network();
    const one = nic(index, cloud);
    if (there.length > 0) {
      const annotations = annotated(new Map(), { [KEYS.nicState]: "prepared", [KEYS.vmData]: `of ${index}` });
      world.strayPort(index, { annotations, virtual_network_refs: [{ uuid: there[at % there.length] ?? "" }] }, cloud);
    }
    if (of === null) return [];
    wanted.set(one.uuid, cloud.uuid);
    return [one];
  });
  world.cloud = cloudOf(CLOUD_NETWORKS, nics);
  return { world, wanted };
}

test("from any beginning each port comes into the network that CloudStack has it in, with its data, and each network is there once", async () => {
  let moved = 0;
  await fc.assert(
    fc.asyncProperty(objects, ports, async (made, standing) => {
      const { world, wanted } = beginning(made, standing);
      const dataOf = (uuid: string) => {
        const vmi = world.held.list("virtual-machine-interface").find((one) => one.uuid === uuid);
        return annotationsOf(vmi ?? {}).get(KEYS.vmData);
      };
      const before = [...wanted.keys()].map(dataOf);
      for (let run = 0; run < 3; run++) {
        const { failures, differences } = await world.reconciler.run(MANY);
        expect(failures).toEqual([]);
        moved += differences.filter(({ action }) => action === "move").length;
        expect([...wanted.keys()].map(dataOf)).toEqual(before);
      }
      expect(await world.reconciler.run(MANY)).toMatchObject({ found: 0, writes: 0 });
      const networks = new Map(world.held.list("virtual-network").map((one) => [String(one.uuid), cloudUuidOf(one)]));
      expect([...networks.values()].toSorted()).toEqual(CLOUD_NETWORKS.map(({ uuid }) => uuid));
      const stands = world.held
        .list("virtual-machine-interface")
        .map((vmi): [string, string | undefined] => [
          String(vmi.uuid),
          networks.get(referredUuids(vmi, "virtual_network_refs")[0] ?? ""),
        ]);
      expect(new Map(stands)).toEqual(wanted);
    }),
    { numRuns: 300 },
  );
  process.stderr.write(`from any beginning: ${moved} ports moved in 300 runs\n`);
  expect(moved).toBeGreaterThan(100);
});
