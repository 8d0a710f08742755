import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONFIG_TOPIC } from "@contrail/bus";
import { type Log, openLog, serveLog } from "@contrail/bus-embedded";
import { createAuthority, issue } from "@contrail/pki";
import type { ConfigObject } from "@contrail/schema";
import { configWire, toWireChange } from "@contrail/wire";
import { AUTONOMOUS_SYSTEM, CLIENTS, PORT, type SpeakerUnderTest, startSpeaker } from "./speaker-under-test.ts";

const OURS = "127.0.1.1";
/** Of a second node of ours beside the first. */
export const OURS_BESIDE = "127.0.1.5";
const AGENT_PORT = 5_269;
const INTROSPECT_PORT = 8_083;
const PROGRAM = fileURLToPath(new URL("../../../services/control-node/src/main.ts", import.meta.url));
const NAME = "bench";
const FABRIC = ["default-domain", "default-project", "ip-fabric", "__default__"];
const APPENDED = 1_000;

/** A control node, with what only ours has. */
export interface OwnSpeaker extends SpeakerUnderTest {
  /** Host and port of its introspect, of plain HTTP. */
  readonly introspect: string;
  /** Host and port that agents call. */
  readonly agents: string;
  /** Holds the authority that its peers' certificates have to be of. */
  readonly pkiDirectory: string;
}

/** What differs between nodes of ours. */
export interface OwnOptions {
  /** Loopback address that it has for itself. */
  readonly address?: string;
  /** Objects of its configuration beside the routers. */
  readonly objects?: readonly ConfigObject[];
}

/** Our control node as it is run in earnest: its configuration comes from a log, by mutual TLS. */
export async function startOurs(
  parent: string,
  { address = OURS, objects = [] }: OwnOptions = {},
): Promise<OwnSpeaker> {
  const directory = join(parent, `ours-${address}`);
  mkdirSync(directory);
  await createAuthority(directory);
  const server = await issue(directory, { role: "config", name: "config", addresses: ["127.0.0.1"] });
  await issue(directory, { role: "control", name: NAME, addresses: [address] });
  const log = await openLog(join(directory, "log.db"));
  // The routers last: when there are sessions, all that comes before them is known.
  await append(log, [...objects, ...routers(address)]);
  const served = await serveLog(log, server, "127.0.0.1:0");
  const introspect = `${address}:${INTROSPECT_PORT}`;
  const flags = [
    ...["--name", NAME, "--address", address, "--bgp-port", String(PORT), "--agent-port", String(AGENT_PORT)],
    ...["--bus-address", `127.0.0.1:${served.port}`, "--pki-dir", directory, "--introspect-listen", introspect],
    ...["--end-of-rib-wait-ms", "0", "--log-level", "error"],
  ];
  const clean = async (): Promise<void> => {
    served.close();
    await log.close();
  };
  const version = "this code";
  const speaker = startSpeaker({ name: "ours", address, version }, process.execPath, [PROGRAM, ...flags], clean);
  return { ...speaker, introspect, agents: `${address}:${AGENT_PORT}`, pkiDirectory: directory };
}

async function append(log: Log, objects: readonly ConfigObject[]): Promise<void> {
  for (let first = 0; first < objects.length; first += APPENDED)
    await log.append(CONFIG_TOPIC, objects.slice(first, first + APPENDED).map(recordOf));
}

/** The node's own router, which reflects for a cluster, and its clients. */
function routers(own: string): readonly ConfigObject[] {
  const clients = CLIENTS.map((address) => router(address, { address, port: PORT }, []));
  const refs = clients.map(({ uuid, fqName }) => ({
    toType: "bgp-router",
    toUuid: uuid,
    toFqName: fqName,
    attr: null,
  }));
  return [...clients, router(NAME, { address: own, port: PORT, cluster_id: 1 }, refs)];
}

function router(
  name: string,
  parameters: { readonly address: string; readonly port: number; readonly cluster_id?: number },
  refs: ConfigObject["refs"],
): ConfigObject {
  return {
    type: "bgp-router",
    uuid: name,
    fqName: [...FABRIC, name],
    parentType: undefined,
    parentUuid: undefined,
    revision: 1n,
    refs,
    properties: { bgp_router_parameters: { ...parameters, autonomous_system: AUTONOMOUS_SYSTEM } },
    derived: false,
    epoch: 0n,
  };
}

function recordOf(object: ConfigObject) {
  const value = configWire.ObjectChange.encode(toWireChange({ kind: "upsert", object })).finish();
  return { key: Buffer.from(object.uuid), value };
}
