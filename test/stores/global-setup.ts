import { existsSync } from "node:fs";
import { runContrail } from "@contrail/testkit/contrail";
import type { TestProject } from "vitest/node";
import { INFRA_DIRECTORY, SECURE_DIRECTORY, SMALL_DISK_DIRECTORY } from "./config.ts";
import { portChooser } from "./server-ports.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Ports of the servers of this run, by the flag of `contrail infra up`. */
    serverPorts: Readonly<Record<string, number>>;
    /** The same for the servers with TLS and passwords. */
    securePorts: Readonly<Record<string, number>>;
    /** The same for the servers of which one has a small disk. */
    smallDiskPorts: Readonly<Record<string, number>>;
  }
}

/** Runs once for all files of the tier: chooses ports. Servers are started by the first file that wants some. */
export async function setup(project: TestProject): Promise<void> {
  await purge();
  const choose = portChooser();
  project.provide("serverPorts", await choose());
  project.provide("securePorts", await choose());
  project.provide("smallDiskPorts", await choose());
}

/** After the last file: no server and nothing of its data is left. */
export const teardown = purge;

async function purge(): Promise<void> {
  for (const directory of [INFRA_DIRECTORY, SECURE_DIRECTORY, SMALL_DISK_DIRECTORY]) {
    if (existsSync(directory)) await runContrail(["infra", "down", "--purge", "--dir", directory]);
  }
}
