import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import type { Directories } from "../config.ts";
import { cloudPaths } from "../supervisor/cloud-plan.ts";
import { SystemLock } from "../supervisor/system-lock.ts";
import { progress } from "./report.ts";

/** Port of the configuration API on the machine's loopback. */
export const REST_PORT = 8_082;
const LAST_PORT = 65_535;

/** APIs on the machine's loopback. */
export interface OpenPorts {
  /** False where another program has the port of the configuration API. */
  readonly restForwarded: boolean;
  close(): void;
}

/** Unix socket of the configuration API. */
export function restSocket({ run }: Pick<Directories, "run">): string {
  return join(run, "config-rest.sock");
}

/** The port of `--cloud-port`. Throws "supervisor.bad_request". */
export function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= LAST_PORT) return port;
  throw new ContrailError("supervisor.bad_request", `--cloud-port ${text}: a number from 1 to ${LAST_PORT} is wanted`);
}

/**
 * Opens the APIs on the machine's loopback. The key file tells clients the port of CloudStack's API: where another program
 * has it, they would sign requests for that one, so this rejects with "supervisor.unavailable". once: nobody is told of the
 * ports, and a port that is taken does no harm.
 */
export async function openPorts(own: Directories, cloudPort: number, once: boolean): Promise<OpenPorts> {
  const rest = await forward(REST_PORT, restSocket(own)).catch((reason: unknown) => {
    const { message } = ContrailError.from(reason);
    const where = `127.0.0.1:${REST_PORT} is not forwarded: ${message}; the API is on the unix socket ${restSocket(own)}`;
    if (!once && !SystemLock.isHeld(own.lock)) progress(where);
    return undefined;
  });
  const cloud = await forward(cloudPort, cloudPaths(own).apiSocket).catch((reason: unknown) => {
    if (once || SystemLock.isHeld(own.lock)) return undefined; // That system is told of when the lock is asked for.
    rest?.close();
    const { message } = ContrailError.from(reason);
    throw new ContrailError(
      "supervisor.unavailable",
      `CloudStack's API cannot be opened: ${message}; end the program that has the port, or choose another one: npm start -- --cloud-port 8090`,
    );
  });
  return {
    restForwarded: rest !== undefined,
    close: () => {
      for (const server of [rest, cloud]) server?.close();
    },
  };
}

/** Carries connections of the machine's loopback to a unix socket. Rejects where the port is taken. */
export function forward(port: number, socketPath: string): Promise<Server> {
  const server = createServer((client) => {
    const inner = connect(socketPath);
    client.pipe(inner).pipe(client);
    client.on("error", () => inner.destroy());
    inner.on("error", () => client.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
