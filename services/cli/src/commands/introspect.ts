import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { ContrailError } from "@contrail/errors";
import { systemState } from "./connection.ts";
import { forward } from "./forward.ts";

/**
 * `contrail introspect NODE`: a node's introspect on the machine's loopback, for browsers, until a signal ends the
 * command. port: 0 for a free one.
 */
export async function introspectOnLoopback(name: string, port: number): Promise<number> {
  const { nodes } = await systemState();
  const socket = nodes.find((node) => node.name === name)?.sockets.introspect;
  if (socket === undefined) {
    const names = nodes.filter(({ sockets }) => sockets.introspect !== undefined).map((node) => node.name);
    throw new ContrailError("cli.not_found", `${name} has no introspect; those that have it: ${names.join(", ")}`);
  }
  const server = await forward(port, socket).catch((reason: unknown) => {
    const { message } = ContrailError.from(reason);
    throw new ContrailError("cli.unavailable", `${message}; choose another port, or none: --port 0`);
  });
  const { port: bound } = server.address() as AddressInfo; // It listens on TCP.
  process.stdout.write(
    `introspect of ${name}: http://127.0.0.1:${bound}/ for all users of this machine, until Ctrl-C\n`,
  );
  await once(server, "close");
  return 0;
}
