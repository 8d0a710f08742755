import { createServer } from "node:net";

/** Below the ports that systems give to clients by themselves. */
const FIRST_PORT = 21_000;
const PORTS = 10_000;
const ADDRESSES = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
const FLAGS = ["cql-port", "storage-port", "kafka-port", "controller-port"] as const;

/** Chooses ports that are free on all three addresses, by the flags of `contrail infra up`; each call others. */
export function portChooser(): () => Promise<Record<string, number>> {
  let next = FIRST_PORT + Math.floor(Math.random() * PORTS);
  return async () => {
    const ports: Record<string, number> = {};
    for (const flag of FLAGS) {
      while (!(await isFree(next))) next++;
      ports[flag] = next++;
    }
    return ports;
  };
}

/** Ports as arguments of `contrail infra up`. */
export function portFlags(ports: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(ports).flatMap(([flag, port]) => [`--${flag}`, String(port)]);
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
