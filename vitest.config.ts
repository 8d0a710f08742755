import { configDefaults, defineConfig } from "vitest/config";

/** A hundred machines started at once take both cores. */
const HEAVY = "test/contract/cloudstack-faults.test.ts";

/** Three tiers, the second in two parts; each needs more of the machine than the one before it. */
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
        // Files that share servers, addresses or the machine's network, or need all of it.
        test: {
          name: "integration-alone",
          include: ["test/{interop,dataplane,stores}/**/*.test.ts", HEAVY],
          globalSetup: "test/stores/global-setup.ts",
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "system",
          include: ["test/{system,faults}/**/*.test.ts", "test/devcloud/system/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
