import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import type { InfraWishes } from "./layout.ts";
import type { RecordedServer } from "./record.ts";
import { isAlive } from "./server-process.ts";

/** What servers say when they serve clients. */
export const SERVING = { cassandra: "Starting listening for CQL clients", kafka: "Kafka Server started" } as const;
const DEADLINE_MS = 240_000;
const POLL_MS = 200;
const CONNECT_MS = 2_000;
const SHOWN_LINES = 15;

/** File of what a server said since it was started last. */
export function logFile(directory: string, server: { readonly name: string }): string {
  return join(directory, server.name, "server.log");
}

/** Resolves when a server serves clients and sees its neighbours. Rejects with its last words where it ends first. */
export async function waitUntilServing(directory: string, server: RecordedServer, wishes: InfraWishes): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    if (!isAlive(server)) throw failed(directory, server, "ended");
    if (isReady(directory, server, wishes) && (await accepts(server))) return;
    if (performance.now() > deadline) throw failed(directory, server, `does not serve after ${DEADLINE_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** True for a server that runs and takes connections. */
export async function isServing(server: RecordedServer): Promise<boolean> {
  return isAlive(server) && (await accepts(server));
}

function isReady(directory: string, server: RecordedServer, wishes: InfraWishes): boolean {
  const path = logFile(directory, server);
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (server.kind === "kafka") return text.includes(SERVING.kafka);
  const neighbours = wishes.addresses.cassandra;
  const met = neighbours.filter(
    (address) => address === server.address || text.includes(`${address}:${wishes.storagePort} is now UP`),
  );
  return text.includes(SERVING.cassandra) && met.length === neighbours.length;
}

function accepts({ address, port }: RecordedServer): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: CONNECT_MS });
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
    socket.once("timeout", () => answer(false));
  });
}

function failed(directory: string, server: RecordedServer, what: string): ContrailError {
  const path = logFile(directory, server);
  const lines = existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
  const shown = lines.slice(-SHOWN_LINES).join("\n");
  return new ContrailError("infra.unavailable", `${server.name} ${what}; the end of ${path}:\n${shown}`);
}
