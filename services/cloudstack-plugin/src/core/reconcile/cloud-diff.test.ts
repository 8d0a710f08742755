import fc from "fast-check";
import { expect, test } from "vitest";
import type { HeldConfiguration } from "../../testing/held-configuration.ts";
import { ReconcilerWorld } from "../../testing/reconciler-world.ts";
import type { Cloud, CloudDomain, CloudNetwork, CloudNic, CloudOwner } from "../cloud.ts";
import { diffCloud } from "./cloud-diff.ts";

const NOTHING_ELSE = { system: [], unknown: [], missing: [] };
const ROOT: CloudDomain = { uuid: uuidOf("d", 0), path: "ROOT" };

function uuidOf(kind: string, index: number): string {
  const letter = kind.charCodeAt(0).toString(16).padStart(8, "0");
  return `${letter}-0000-4000-8000-${String(index).padStart(12, "0")}`;
}

const domains = fc.uniqueArray(
  fc.record({
    uuid: fc.nat(4).map((n) => uuidOf("d", n + 1)),
    path: fc.constantFrom("ROOT/a", "ROOT/a/b", "ROOT/a:b", "a"),
  }),
  { selector: ({ uuid }) => uuid, maxLength: 3 },
);

interface Seeds {
  readonly owners: readonly {
    readonly id: number;
    readonly name: string;
    readonly kind: "account" | "project";
    readonly at: number;
  }[];
  readonly networks: readonly {
    readonly id: number;
    readonly owner: number;
    readonly implemented: boolean;
    readonly name: string;
    readonly subnet: number;
  }[];
  readonly nics: readonly {
    readonly id: number;
    readonly network: number;
    readonly state: string;
    readonly name: string;
    readonly secondary: number;
  }[];
}

const seeds: fc.Arbitrary<Seeds> = fc.record({
  owners: fc.uniqueArray(
    fc.record({
      id: fc.nat(5),
      name: fc.constantFrom("web", "db", "", "a:b", "<x>"),
      kind: fc.constantFrom("account" as const, "project" as const),
      at: fc.nat(3),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 5 },
  ),
  networks: fc.uniqueArray(
    fc.record({
      id: fc.nat(6),
      owner: fc.nat(4),
      implemented: fc.boolean(),
      name: fc.string({ maxLength: 4 }),
      subnet: fc.nat(2),
    }),
    { selector: ({ id }) => id, maxLength: 5 },
  ),
  nics: fc.uniqueArray(
    fc.record({
      id: fc.nat(12),
      network: fc.nat(4),
      state: fc.constantFrom("Running", "Stopped", "Starting", "Destroyed", "Migrating", "Error"),
      name: fc.constantFrom("m", "n"),
      secondary: fc.nat(2),
    }),
    { selector: ({ id }) => id, maxLength: 10 },
  ),
});

function cloudOf({ owners, networks, nics }: Seeds, below: readonly CloudDomain[]): Cloud {
  const all = [ROOT, ...below];
  // Names are unique among the accounts of a domain.
  const made = new Map(
    owners.map(({ id, name, kind, at }): [string, CloudOwner] => {
      const domain = all[at % all.length] ?? ROOT;
      return [`${kind} ${name} ${domain.uuid}`, { kind, uuid: uuidOf("o", id), name, domain }];
    }),
  );
  const known = [...made.values()];
  const ofNetworks = networks.flatMap((seed): CloudNetwork[] => {
    const owner = known[seed.owner % known.length];
    return owner === undefined ? [] : [networkOf(seed, owner)];
  });
  return {
    domains: all,
    owners: known,
    networks: ofNetworks,
    nics: nics.flatMap((seed) => {
      const network = ofNetworks[seed.network % Math.max(1, ofNetworks.length)];
      return network === undefined ? [] : [nicOf(seed, network)];
    }),
    ...NOTHING_ELSE,
  };
}

function networkOf({ id, implemented, name, subnet }: Seeds["networks"][number], owner: CloudOwner): CloudNetwork {
  return {
    uuid: uuidOf("n", id),
    name,
    state: implemented ? "Implemented" : "Allocated",
    networkId: implemented ? String(id) : undefined,
    cidr: `10.${subnet}.0.0/24`,
    gateway: `10.${subnet}.0.1`,
    nameServers: "192.0.2.53",
    domainName: "cs.example",
    services: new Set(["Dhcp", "Dns"]),
    ownerName: owner.name,
    projectUuid: owner.kind === "project" ? owner.uuid : undefined,
    domain: owner.domain,
  };
}

function nicOf({ id, state, name, secondary }: Seeds["nics"][number], network: CloudNetwork): CloudNic {
  return {
    uuid: uuidOf("i", id),
    networkUuid: network.uuid,
    mac: `02:00:00:00:00:${id.toString(16).padStart(2, "0")}`,
    ip: `10.0.0.${id + 10}`,
    isDefault: true,
    secondary: Array.from({ length: secondary }, (_, n) => ({
      uuid: uuidOf("s", id * 10 + n),
      ip: `10.0.1.${id * 10 + n}`,
    })),
    machineUuid: uuidOf("m", id),
    machineName: name,
    machineState: state,
  };
}

/** What the reconciler does where a person wants all of it, and now. */
async function settle(world: ReconcilerWorld, cloud: Cloud): Promise<void> {
  world.cloud = cloud;
  const report = await world.reconciler.run({ withoutGrace: true, removeMany: true, otherCloud: true });
  expect(report).toMatchObject({ failures: [] });
}

function newWorld(): ReconcilerWorld {
  return new ReconcilerWorld(cloudOf({ owners: [], networks: [], nics: [] }, []));
}

test("after it is settled nothing differs, from any state to any other", async () => {
  await fc.assert(
    fc.asyncProperty(seeds, domains, seeds, domains, async (first, below, second, belowThen) => {
      const world = newWorld();
      for (const cloud of [cloudOf(first, below), cloudOf(second, belowThen)]) {
        await settle(world, cloud);
        // What lets a name or its last port go is settled by the run after that.
        await settle(world, cloud);
        const { owners, networks, machines } = diffCloud(cloud, world.held.snapshot());
        const findings = networks.flatMap((one) => one.findings);
        const waiting = findings.filter(({ held }) => held !== undefined);
        expect([...owners, ...machines, ...findings]).toEqual(waiting);
        // A port waits where it is until the network that CloudStack has it in is there.
        const isAwaited = cloud.networks.some(({ networkId }) => networkId === undefined);
        expect(waiting.length === 0 || isAwaited).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test("what is running is there with its addresses, what is gone is not, and nothing of others is touched", async () => {
  await fc.assert(
    fc.asyncProperty(seeds, domains, async (given, below) => {
      const world = newWorld();
      const { held } = world;
      const theirs = [
        held.create("project", { fq_name: ["default-domain", "theirs"] }),
        held.create("virtual-network", { fq_name: ["default-domain", "theirs", "n"] }),
        held.create("virtual-machine", { fq_name: ["vm"] }),
      ];
      const before = JSON.stringify(theirs.map((uuid) => objectOf(held, uuid)));
      const cloud = cloudOf(given, below);
      await settle(world, cloud);
      const implemented = new Set(
        cloud.networks.flatMap(({ uuid, networkId }) => (networkId === undefined ? [] : [uuid])),
      );
      const running = cloud.nics.filter(
        ({ machineState, networkUuid }) => /Running|Migrating/.test(machineState) && implemented.has(networkUuid),
      );
      expect(held.list("virtual-machine-interface").map(({ uuid }) => uuid)).toEqual(
        running.map(({ uuid }) => uuid).toSorted(),
      );
      expect(
        held
          .list("instance-ip")
          .map(({ instance_ip_address: ip }) => ip)
          .toSorted(),
      ).toEqual(running.flatMap(({ ip, secondary }) => [ip, ...secondary.map((one) => one.ip)]).toSorted());
      await settle(world, { domains: [ROOT], owners: [], networks: [], nics: [], ...NOTHING_ELSE });
      expect(["virtual-machine-interface", "instance-ip"].flatMap((type) => held.list(type))).toEqual([]);
      expect(held.list("domain")).toMatchObject([{ fq_name: ["default-domain"] }]);
      expect(JSON.stringify(theirs.map((uuid) => objectOf(held, uuid)))).toBe(before);
      expect(held.list("virtual-network")).toHaveLength(1);
      expect(held.list("virtual-machine")).toHaveLength(1);
    }),
    { numRuns: 200 },
  );
});

function objectOf(held: HeldConfiguration, uuid: string): unknown {
  return ["project", "virtual-network", "virtual-machine"]
    .flatMap((type) => held.list(type))
    .find((one) => one.uuid === uuid);
}
