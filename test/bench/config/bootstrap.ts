import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONFIG_TOPIC } from "@contrail/bus";
import { type Log, openLog, serveLog } from "@contrail/bus-embedded";
import { callSocket } from "@contrail/machine";
import { createAuthority, issue } from "@contrail/pki";
import type { ConfigObject } from "@contrail/schema";
import { endChild } from "@contrail/testkit/process";
import { configWire, toWireChange } from "@contrail/wire";
import { residentBytes } from "../node-metrics.ts";
import { progress } from "../result-line.ts";

const CONTROL_NODE = join(dirname(fileURLToPath(import.meta.url)), "../../../services/control-node/src/main.ts");
const LOG_ADDRESS = "127.0.0.1:29095";
const NODE_ADDRESS = "127.0.0.1";
const APPENDED = 1_000;
/** Objects of the log that say how much a node needs with next to nothing. */
const FEW = 10;
const DEADLINE_MS = 300_000;

/** One start of a cold node. */
export interface Bootstrap {
  readonly seconds: number;
  /** Resident bytes above those of a node with next to no objects, for each object. */
  readonly bytesAnObject: number;
}

/** Starts cold control nodes on a log of so many objects. Rejects where a node has not all of them. */
export async function bootstraps(objects: number, runs: number, signal: AbortSignal): Promise<readonly Bootstrap[]> {
  const directory = mkdtempSync(join(tmpdir(), "contrail-bench-log-"));
  try {
    await createAuthority(directory);
    const server = await issue(directory, { role: "config", name: "config", addresses: ["127.0.0.1"] });
    await issue(directory, { role: "control", name: "bench", addresses: ["127.0.0.1"] });
    const few = await withLog(directory, server, FEW, () => coldNode(directory, FEW, signal));
    return await withLog(directory, server, objects, async () => {
      const results: Bootstrap[] = [];
      for (let run = 1; run <= runs; run++) {
        progress(`a cold node reads ${objects} objects, run ${run} of ${runs}`);
        const { seconds, resident } = await coldNode(directory, objects, signal);
        results.push({ seconds, bytesAnObject: (resident - few.resident) / objects });
      }
      return results;
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function withLog<T>(
  directory: string,
  identity: Parameters<typeof serveLog>[1],
  objects: number,
  use: () => Promise<T>,
): Promise<T> {
  const log = await openLog(join(directory, `log-${objects}.db`));
  await fill(log, objects);
  const server = await serveLog(log, identity, LOG_ADDRESS);
  try {
    return await use();
  } finally {
    server.close();
    await log.close();
  }
}

async function fill(log: Log, objects: number): Promise<void> {
  progress(`writing ${objects} objects to a log`);
  for (let first = 0; first < objects; first += APPENDED) {
    const count = Math.min(APPENDED, objects - first);
    const records = Array.from({ length: count }, (_, index) => {
      const object = port(first + index);
      const value = configWire.ObjectChange.encode(toWireChange({ kind: "upsert", object })).finish();
      return { key: Buffer.from(object.uuid), value };
    });
    await log.append(CONFIG_TOPIC, records);
  }
}

/** A port as CloudStack's plugin makes one: with a network, a machine and a group of its own tenant. */
function port(index: number): ConfigObject {
  const uuid = (kind: number, number: number): string =>
    `00000000-0000-4000-8${String(kind).padStart(3, "0")}-${String(number).padStart(12, "0")}`;
  const tenant = index % 1_000;
  const project = ["default-domain", `tenant${tenant}`];
  const ref = (toType: string, kind: number, number: number, name: string) => ({
    ...{ toType, toUuid: uuid(kind, number), toFqName: [...project, name], attr: null },
  });
  const id = uuid(0, index);
  return {
    type: "virtual-machine-interface",
    uuid: id,
    fqName: [...project, id],
    parentType: "project",
    parentUuid: uuid(1, tenant),
    revision: 1n,
    refs: [ref("virtual-network", 2, tenant, "network"), ref("security-group", 3, tenant, "default")],
    properties: {
      display_name: id,
      id_perms: { enable: true, uuid: { uuid_mslong: index, uuid_lslong: index }, user_visible: true },
      perms2: { owner: uuid(1, tenant), owner_access: 7, global_access: 0, share: [] },
      virtual_machine_interface_mac_addresses: { mac_address: ["02:00:00:00:00:01"] },
      virtual_machine_interface_device_owner: "compute:bench",
    },
    derived: false,
    epoch: 0n,
  };
}

/** From the start of the process until it has every object. */
async function coldNode(
  directory: string,
  objects: number,
  signal: AbortSignal,
): Promise<{ readonly seconds: number; readonly resident: number }> {
  const socket = join(directory, "control.sock");
  const flags = [
    ...["--name", "bench", "--address", NODE_ADDRESS, "--bgp-port", "0", "--agent-port", "0"],
    ...["--bus-address", LOG_ADDRESS, "--pki-dir", directory, "--introspect-listen", "127.0.0.1:0"],
    ...["--introspect-socket", socket, "--log-level", "error"],
  ];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [CONTROL_NODE, ...flags], { stdio: ["ignore", "ignore", "inherit"] });
  try {
    await untilSynchronized(child, socket, objects, signal);
    return { seconds: (performance.now() - startedAt) / 1_000, resident: residentBytes(child.pid ?? 0) };
  } finally {
    await endChild(child, "SIGTERM");
  }
}

async function untilSynchronized(child: ChildProcess, socket: string, objects: number, signal: AbortSignal) {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    signal.throwIfAborted();
    if (child.exitCode !== null) throw new Error("the control node ended");
    if (performance.now() > deadline) throw new Error(`the node did not read ${objects} objects in ${DEADLINE_MS} ms`);
    const status = (await callSocket(socket, "GET", "/status").catch(() => undefined)) as
      | { readonly synchronized: boolean; readonly objects: number }
      | undefined; // The node's own page; not there while it starts.
    if (status?.synchronized === true) {
      if (status.objects !== objects) throw new Error(`the node has ${status.objects} of ${objects} objects`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
