import { type EventEmitter, once } from "node:events";
import type { Server, Socket } from "node:net";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { SERVICE_ADDRESSES, SERVICE_PORTS } from "@contrail/forwarding";
import { formatInetAddress } from "@contrail/net";
import { bindToDevice } from "@contrail/netns";
import type { Logger, Meter } from "@contrail/observability";
import type { ActivePort } from "../core/active-port.ts";
import type { Agent } from "./agent.ts";
import { DnsForwarder } from "./dns-forwarder.ts";
import { createDnsServers } from "./dns-servers.ts";
import { FetchedPasswords } from "./fetched-passwords.ts";
import { GuestConnections } from "./guest-connections.ts";
import { createGuestServers } from "./guest-servers.ts";
import { NameDirectory } from "./name-directory.ts";
import { ownAddresses } from "./own-addresses.ts";
import type { PortDirectory } from "./port-directory.ts";
import { AGENT_DEVICE } from "./punt-devices.ts";
import type { StateFiles } from "./state-files.ts";

/** What the services for machines work with. */
export interface GuestServiceParts {
  readonly agent: Agent;
  readonly ports: PortDirectory;
  readonly files: StateFiles;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly logger: Logger;
  /** Name servers that the host asks. */
  readonly resolvers: () => readonly string[];
}

/**
 * Opens metadata, password and name servers on the addresses that the data plane leads machines to, for what comes by
 * the punt device only. What cannot be opened is
 * logged: machines go on without it. Gives the function that closes them.
 */
export async function openGuestServices(parts: GuestServiceParts): Promise<() => void> {
  const { agent, ports, files, clock, meter, logger, resolvers } = parts;
  const refused = meter.counter("contrail_agent_guest_refused_total", "connections of machines that were one too many");
  const connections = new GuestConnections((address) => ports.byLinkLocal(address), refused);
  const passwords = new FetchedPasswords(files);
  const portIds = () => new Set(agent.ports().map(({ id }) => id));
  const names = new NameDirectory(agent);
  const forwarder = new DnsForwarder(clock);
  const namesOf = (port: ActivePort) => names.namesOf(port);
  const dns = { connections, forwarder, clock, namesOf, resolvers, ownAddresses: ownAddresses(clock) };
  const closing: (() => void)[] = [];
  for (const address of Object.values(SERVICE_ADDRESSES)) {
    const host = formatInetAddress(address);
    const { metadata, password } = createGuestServers({ connections, passwords, clock, portIds });
    const { udp, tcp } = createDnsServers(dns);
    closing.push(...(await listenAll([metadata, password, tcp], address, logger)));
    const bind = (): unknown => udp.bind({ fd: bindToDevice("udp", address, SERVICE_PORTS.names, AGENT_DEVICE) });
    if (await opened(udp, bind, host, SERVICE_PORTS.names, logger)) closing.push(() => udp.close());
  }
  return () => {
    for (const close of closing) close();
  };
}

async function listenAll(
  servers: readonly Server[],
  address: number,
  logger: Logger,
): Promise<readonly (() => void)[]> {
  const closing: (() => void)[] = [];
  for (const [index, port] of [SERVICE_PORTS.metadata, SERVICE_PORTS.password, SERVICE_PORTS.names].entries()) {
    const server = servers[index];
    const listen = (): unknown => server?.listen({ fd: bindToDevice("tcp", address, port, AGENT_DEVICE) });
    const host = formatInetAddress(address);
    if (server !== undefined && (await opened(server, listen, host, port, logger))) closing.push(closerOf(server));
  }
  return closing;
}

/** Closes a server with its connections: net.Server waits for them. */
function closerOf(server: Server): () => void {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
}

/** Opens a socket; false where that fails, which is logged. */
async function opened(
  server: EventEmitter,
  open: () => unknown,
  host: string,
  port: number,
  logger: Logger,
): Promise<boolean> {
  try {
    const listening = once(server, "listening");
    open();
    await listening;
    return true;
  } catch (reason) {
    logger.error("a service for machines is not there", { host, port, reason: ContrailError.from(reason).message });
    return false;
  }
}
