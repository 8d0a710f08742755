import { configDefaults, defineConfig } from "vitest/config";

/** A hundred machines started at once take both cores. */
const HEAVY = "test/contract/cloudstack-faults.test.ts";

/** Three tiers, the second in three parts; each needs more of the machine than the one before it. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "services/*/src/**/*.test.ts", "test/arch/**/*.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/contract/**/*.test.ts", "test/devcloud/*.test.ts"],
          exclude: [...configDefaults.exclude, HEAVY],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Files that share addresses or the machine's network.
        test: {
          name: "integration-network",
          include: ["test/{interop,dataplane}/**/*.test.ts", HEAVY],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Files that share the servers of Cassandra and Kafka, and wait for these most of their time.
        test: {
          name: "integration-stores",
          include: ["test/stores/**/*.test.ts"],
          globalSetup: "test/stores/global-setup.ts",
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: "system",
          include: ["test/{system,faults}/**/*.test.ts", "test/devcloud/system/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
