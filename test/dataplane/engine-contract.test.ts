import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DATA_PLANE_CONTRACT, type DataPlane } from "@contrail/dataplane";
import { createEngineDataPlane } from "@contrail/dataplane-engine";
import { silentLogger } from "@contrail/observability";
import { createAuthority, identityFiles, issue, type Role } from "@contrail/pki";
import { systemClock } from "@contrail/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Lab } from "./lab.ts";

const ENGINE = fileURLToPath(new URL("../../services/vrouter-engine/src/main.ts", import.meta.url));
let lab: Lab;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "oct-engine-"));
  await createAuthority(directory);
  for (const role of ["engine", "agent", "control"] as const)
    await issue(directory, { role, name: "c", addresses: [] });
  await issue(directory, { role: "agent", name: "other", addresses: [] });
  lab = await Lab.open("user");
  await lab.addNamespace("oct-engine-contract");
  const settings = ["--name", "c", "--socket", join(directory, "s"), "--pki-dir", directory, "--log-level", "warn"];
  lab.start("oct-engine-contract", process.execPath, ENGINE, ...settings);
});

afterAll(async () => {
  await lab.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(role: Role = "agent", name = "c", socket = "s"): DataPlane {
  const identity = identityFiles(directory, { role, name });
  const address = `unix:${join(directory, socket)}`;
  return createEngineDataPlane({ address, identity, engineName: "c", clock: systemClock, logger: silentLogger });
}

test.each(DATA_PLANE_CONTRACT.map((item) => [item.name, item] as const))("%s", async (_name, item) => {
  const opened: DataPlane[] = [];
  const openOne = (): DataPlane => {
    const plane = open();
    opened.push(plane);
    return plane;
  };
  const dataPlane = openOne();
  await dataPlane.destroy();
  await item.run({
    dataPlane,
    reopen: async () => {
      await dataPlane.close();
      return openOne();
    },
  });
  for (const plane of opened) await plane.close();
});

test.each([
  ["a role that may not drive the data plane", "control", "c"],
  ["the agent of another host", "agent", "other"],
] as const)("%s gets nowhere", async (_who, role, name) => {
  const plane = open(role, name);
  await expect(plane.tableSizes()).rejects.toMatchObject({ code: "dataplane.unavailable" });
  await plane.close();
});

test("who waits for an engine that is not there is told when the data plane is closed", async () => {
  const plane = open("agent", "c", "none");
  const refused = expect(plane.drops()).rejects.toMatchObject({ code: "dataplane.unavailable", message: /closed/ });
  await plane.close();
  await refused;
});
