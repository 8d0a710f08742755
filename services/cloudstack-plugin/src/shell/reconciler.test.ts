import type { Clock } from "@contrail/clock";
import { KeyedLock } from "@contrail/runtime";
import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import type { Cloud, CloudNic } from "../core/cloud.ts";
import { HeldConfiguration } from "../testing/held-configuration.ts";
import { Reconciler } from "./reconciler.ts";

const DOMAIN = { uuid: "00000064-0000-4000-8000-000000000000", path: "ROOT" };
const OWNER = { kind: "account" as const, uuid: "0000006f-0000-4000-8000-000000000001", name: "admin", domain: DOMAIN };
const NETWORK = {
  uuid: "0000006e-0000-4000-8000-000000000001",
  name: "web",
  state: "Implemented",
  networkId: "1",
  cidr: "10.1.0.0/16",
  gateway: "10.1.0.1",
  nameServers: "192.0.2.53",
  domainName: "cs.example",
  services: new Set(["Dhcp", "Dns"]),
  ownerName: OWNER.name,
  projectUuid: undefined,
  domain: DOMAIN,
};

function nic(index: number): CloudNic {
  const last = String(index).padStart(12, "0");
  return {
    uuid: `00000069-0000-4000-8000-${last}`,
    networkUuid: NETWORK.uuid,
    mac: `02:00:00:00:00:${index.toString(16).padStart(2, "0")}`,
    ip: `10.1.0.${index + 10}`,
    isDefault: true,
    secondary: [],
    machineUuid: `0000006d-0000-4000-8000-${last}`,
    machineName: `m${index}`,
    machineState: "Running",
  };
}

/** A reconciler of a configuration in memory; each write takes as long as the pace says, on a clock of its own. */
function world(count: number, writesPerSecond: number, isRefused: (nicUuid: string) => boolean = () => false) {
  const held = new HeldConfiguration();
  const lock = new KeyedLock();
  const nics = Array.from({ length: count }, (_, index) => nic(index));
  const cloud: Cloud = { domains: [DOMAIN], owners: [OWNER], networks: [NETWORK], nics };
  let nowMs = 0;
  const clock: Clock = {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    setTimer: () => ({ cancel: () => undefined }),
    sleep: async (delayMs) => {
      nowMs += delayMs;
    },
  };
  held.create("project", { uuid: OWNER.uuid, fq_name: ["default-domain", "admin"] });
  const written: string[] = [];
  const begun = Promise.withResolvers<void>();
  const vnc = {
    async *pages(type: string): AsyncGenerator<readonly JsonObject[]> {
      yield held.list(type);
    },
  };
  const reconciler = new Reconciler(
    {
      cloud: { all: async () => cloud },
      near: { network: async () => NETWORK, nics: async () => nics },
      vnc,
      configuration: {
        readWhole: async (networkId) => held.view(networkId),
        machinesThere: async () => held.view("1").machines,
        write: async (writes) => {
          for (const write of writes) {
            const uuid = write.kind === "create" ? String(write.object.uuid) : write.uuid;
            written.push(uuid);
            begun.resolve();
            if (isRefused(uuid)) throw new Error("refused");
            held.write(write);
          }
        },
      },
      identities: {
        of: async ({ uuid, name }) => ({
          ...{ uuid, name, project: ["default-domain", "admin"], projectUuid: OWNER.uuid },
        }),
      },
      lock,
      clock,
      onCompared: () => undefined,
    },
    { graceMs: 600_000, writesPerSecond },
  );
  return { reconciler, held, lock, written, begun: begun.promise };
}

const OPTIONS = { withoutGrace: false, removeMany: false };

test("a command of a network does not wait until all of the network is mended", async () => {
  const { reconciler, lock, held, begun } = world(30, 1);
  const run = reconciler.run(OPTIONS);
  let made = -1;
  // The run has the lock while it makes the network.
  await begun;
  await lock.run("1", async () => {
    made = held.list("virtual-machine-interface").length;
  });
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(30);
  expect(await run).toMatchObject({ failures: [], settled: 31 });
  expect(held.list("virtual-machine-interface")).toHaveLength(30);
});

test("what is refused is tried once a run, and the others are mended", async () => {
  const refused = nic(3).uuid;
  const { reconciler, held, written } = world(12, 1, (uuid) => uuid === refused);
  const report = await reconciler.run(OPTIONS);
  expect(report.failures).toMatchObject([{ uuid: refused, problem: "refused" }]);
  expect(written.filter((uuid) => uuid === refused)).toHaveLength(1);
  expect(held.list("virtual-machine-interface")).toHaveLength(11);
});

test("a report shows a thousand differences, and counts all", async () => {
  const { reconciler } = world(1_200, 1_000);
  const { differences, found, settled } = await reconciler.run(OPTIONS);
  expect([differences.length, found, settled]).toEqual([1_000, 1_201, 1_201]);
});
