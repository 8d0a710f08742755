import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONFIG_TOPIC } from "@contrail/bus";
import { openLog, serveLog } from "@contrail/bus-embedded";
import { createAuthority, issue } from "@contrail/pki";
import type { ConfigObject } from "@contrail/schema";
import { configWire, toWireChange } from "@contrail/wire";
import { AUTONOMOUS_SYSTEM, CLIENTS, PORT, type SpeakerUnderTest, startSpeaker } from "./speaker-under-test.ts";

const OURS = "127.0.1.1";
const LOG_ADDRESS = "127.0.0.1:29096";
const PROGRAM = fileURLToPath(new URL("../../../services/control-node/src/main.ts", import.meta.url));
const NAME = "bench";
const FABRIC = ["default-domain", "default-project", "ip-fabric", "__default__"];

/** Our control node as it is run in earnest: its configuration comes from a log, by mutual TLS. */
export async function startOurs(directory: string): Promise<SpeakerUnderTest> {
  await createAuthority(directory);
  const server = await issue(directory, { role: "config", name: "config", addresses: ["127.0.0.1"] });
  await issue(directory, { role: "control", name: NAME, addresses: [OURS] });
  const log = await openLog(join(directory, "log.db"));
  await log.append(CONFIG_TOPIC, routers().map(recordOf));
  const served = await serveLog(log, server, LOG_ADDRESS);
  const flags = [
    ...["--name", NAME, "--address", OURS, "--bgp-port", String(PORT), "--agent-port", "0"],
    ...["--bus-address", LOG_ADDRESS, "--pki-dir", directory, "--introspect-listen", "127.0.0.1:0"],
    ...["--end-of-rib-wait-ms", "0", "--log-level", "error"],
  ];
  const clean = async (): Promise<void> => {
    served.close();
    await log.close();
  };
  const version = "this code";
  return startSpeaker({ name: "ours", address: OURS, version }, process.execPath, [PROGRAM, ...flags], clean);
}

/** The node's own router, which reflects for a cluster, and its clients. */
function routers(): readonly ConfigObject[] {
  const clients = CLIENTS.map((address) => router(address, { address, port: PORT }, []));
  const refs = clients.map(({ uuid, fqName }) => ({
    toType: "bgp-router",
    toUuid: uuid,
    toFqName: fqName,
    attr: null,
  }));
  return [...clients, router(NAME, { address: OURS, port: PORT, cluster_id: 1 }, refs)];
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
