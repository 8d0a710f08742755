import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { runContrail } from "@contrail/testkit/contrail";
import type { TestProject } from "vitest/node";
import { INFRA_DIRECTORY } from "./config.ts";

/** Below the ports that systems give to clients by themselves. */
const FIRST_PORT = 21_000;
const PORTS = 10_000;
const ADDRESSES = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
const FLAGS = ["cql-port", "storage-port", "kafka-port", "controller-port"] as const;

declare module "vitest" {
  interface ProvidedContext {
    /** Ports of the servers of this run, by the flag of `contrail infra up`. */
    serverPorts: Readonly<Record<string, number>>;
  }
}

/** Runs once for all files of the tier: chooses ports. Servers are started by the first file that wants some. */
export async function setup(project: TestProject): Promise<void> {
  await purge();
  const ports: Record<string, number> = {};
  let next = FIRST_PORT + Math.floor(Math.random() * PORTS);
  for (const flag of FLAGS) {
    while (!(await isFree(next))) next++;
    ports[flag] = next++;
  }
  project.provide("serverPorts", ports);
}

/** After the last file: no server and nothing of its data is left. */
export const teardown = purge;

async function purge(): Promise<void> {
  if (existsSync(INFRA_DIRECTORY)) await runContrail(["infra", "down", "--purge", "--dir", INFRA_DIRECTORY]);
}

async function isFree(port: number): Promise<boolean> {
  for (const host of ADDRESSES) {
    const isBound = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen({ host, port }, () => server.close(() => resolve(true)));
    });
    if (!isBound) return false;
  }
  return true;
}
