import { join } from "node:path";
import { callSocket } from "@contrail/machine";
import { objectType } from "@contrail/schema";
import { connectVnc, VncClient } from "@contrail/vnc-client";
import type { NeighboursPage } from "../bgp/control-pages.ts";
import { apiSocket, directories, remoteApi } from "../config.ts";
import { CONTROL_NODES } from "../supervisor/layout.ts";
import type { SystemStatus } from "../supervisor/status.ts";

/**
 * What can be named, one a line, for completion: `node names-main.ts TYPE`, machine, node or neighbor. A program of its own,
 * because the whole CLI takes several times as long to start. It prints nothing where no system runs.
 */
const kind = process.argv[2] ?? "";
const names = await namesOf(kind).catch(() => []);
process.stdout.write(names.map((name) => `${name}\n`).join(""));

function namesOf(kind: string): Promise<readonly string[]> {
  switch (kind) {
    case "machine":
      return machines();
    case "node":
      return nodes();
    case "neighbor":
      return neighbours();
    default:
      return objects(kind);
  }
}

async function objects(type: string): Promise<readonly string[]> {
  if (objectType(type) === undefined) return [];
  const remote = remoteApi();
  const client = remote === undefined ? new VncClient({ socketPath: apiSocket() }) : connectVnc(remote);
  return (await client.list<string>(type)).map(({ fq_name: fqName }) => fqName.join(":"));
}

async function machines(): Promise<readonly string[]> {
  const { machines, cloudMachines } = await systemStatus();
  return [...machines.map(({ name }) => name), ...cloudMachines.map(({ instanceName }) => instanceName)];
}

/** Those that have introspect. */
async function nodes(): Promise<readonly string[]> {
  const { nodes } = await systemStatus();
  return nodes.flatMap(({ name, sockets }) => (sockets.introspect === undefined ? [] : [name]));
}

async function systemStatus(): Promise<SystemStatus> {
  return (await asked("control", "status")) as SystemStatus; // The supervisor's own answer.
}

async function neighbours(): Promise<readonly string[]> {
  const pages = await Promise.all(CONTROL_NODES.map((node) => asked(`${node}-introspect`, "neighbours")));
  const peers = (pages as readonly NeighboursPage[]).flatMap((page) => page.peers); // Our own pages.
  return [...new Set(peers.map(({ name }) => name.split(":").at(-1) ?? name))];
}

function asked(socket: string, page: string): Promise<unknown> {
  return callSocket(join(directories().run, `${socket}.sock`), "GET", `/${page}`);
}
