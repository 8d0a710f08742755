import { once } from "node:events";
import type { Server } from "node:http";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { SERVICE_ADDRESSES, SERVICE_PORTS } from "@contrail/forwarding";
import { formatInetAddress } from "@contrail/net";
import type { Logger, Meter } from "@contrail/observability";
import type { Agent } from "./agent.ts";
import { FetchedPasswords } from "./fetched-passwords.ts";
import { GuestConnections } from "./guest-connections.ts";
import { createGuestServers } from "./guest-servers.ts";
import type { PortDirectory } from "./port-directory.ts";
import type { StateFiles } from "./state-files.ts";

/** What the services for machines work with. */
export interface GuestServiceParts {
  readonly agent: Agent;
  readonly ports: PortDirectory;
  readonly files: StateFiles;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly logger: Logger;
}

/**
 * Opens metadata and password servers on the addresses that the data plane leads machines to. What cannot be opened is
 * logged: machines go on without it. Gives the function that closes them.
 */
export async function openGuestServices(parts: GuestServiceParts): Promise<() => void> {
  const { agent, ports, files, clock, meter, logger } = parts;
  const refused = meter.counter("contrail_agent_guest_refused_total", "connections of machines that were one too many");
  const connections = new GuestConnections((address) => ports.byLinkLocal(address), refused);
  const passwords = new FetchedPasswords(files);
  const portIds = () => new Set(agent.ports().map(({ id }) => id));
  const servers: Server[] = [];
  for (const address of Object.values(SERVICE_ADDRESSES)) {
    const { metadata, password } = createGuestServers({ connections, passwords, clock, portIds });
    servers.push(metadata, password);
    await listen(metadata, address, SERVICE_PORTS.metadata, logger);
    await listen(password, address, SERVICE_PORTS.password, logger);
  }
  return () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
}

async function listen(server: Server, address: number, port: number, logger: Logger): Promise<void> {
  const host = formatInetAddress(address);
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (reason) {
    logger.error("machines get no metadata", { host, port, reason: ContrailError.from(reason).message });
  }
}
