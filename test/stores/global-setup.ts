import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { runContrail } from "@contrail/testkit/contrail";
import type { TestProject } from "vitest/node";
import { INFRA_DIRECTORY, SECURE_DIRECTORY } from "./config.ts";

/** Below the ports that systems give to clients by themselves. */
const FIRST_PORT = 21_000;
const PORTS = 10_000;
const ADDRESSES = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
const FLAGS = ["cql-port", "storage-port", "kafka-port", "controller-port"] as const;

declare module "vitest" {
  interface ProvidedContext {
    /** Ports of the servers of this run, by the flag of `contrail infra up`. */
    serverPorts: Readonly<Record<string, number>>;
    /** The same for the servers with TLS and passwords. */
    securePorts: Readonly<Record<string, number>>;
  }
}

/** Runs once for all files of the tier: chooses ports. Servers are started by the first file that wants some. */
export async function setup(project: TestProject): Promise<void> {
  await purge();
  let next = FIRST_PORT + Math.floor(Math.random() * PORTS);
  const choose = async (): Promise<Record<string, number>> => {
    const ports: Record<string, number> = {};
    for (const flag of FLAGS) {
      while (!(await isFree(next))) next++;
      ports[flag] = next++;
    }
    return ports;
  };
  project.provide("serverPorts", await choose());
  project.provide("securePorts", await choose());
}

/** After the last file: no server and nothing of its data is left. */
export const teardown = purge;

async function purge(): Promise<void> {
  for (const directory of [INFRA_DIRECTORY, SECURE_DIRECTORY]) {
    if (existsSync(directory)) await runContrail(["infra", "down", "--purge", "--dir", directory]);
  }
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
