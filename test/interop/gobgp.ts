import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BackgroundProcess } from "./background-process.ts";
import { GOBGP, OURS, runIn } from "./network.ts";

/** GoBGP with a VRF: import oracle, and the only one that speaks route target membership. */
export class GoBgp {
  readonly #process: BackgroundProcess;

  /** longLived: its routes may be kept for 2 s after it has gone, and for 100 s after that as the last choice. */
  constructor(folder: string, autonomousSystem = 64_512, longLived = false) {
    const configFile = join(folder, "gobgp.toml");
    writeFileSync(configFile, configuration(autonomousSystem, longLived));
    const log = join(folder, "gobgpd.log");
    this.#process = new BackgroundProcess(GOBGP.namespace, log, "gobgpd", "-f", configFile, "--api-hosts", API);
  }

  /** Runs the gobgp client and gives what it prints. */
  run(command: string): string {
    return runIn(GOBGP.namespace, "gobgp", ...command.split(" "));
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    return this.#process.stop(signal);
  }
}

const API = "127.0.0.1:50051";
const FAMILIES = ["ipv4-unicast", "l3vpn-ipv4-unicast", "l3vpn-ipv6-unicast", "l2vpn-evpn", "rtc"];

const RESTARTS = `[neighbors.graceful-restart.config]
enabled = true
restart-time = 2
long-lived-enabled = true
`;

function familyLines(family: string, longLived: boolean): string {
  const lines = ["[[neighbors.afi-safis]]", "[neighbors.afi-safis.config]", `afi-safi-name = "${family}"`];
  if (longLived) {
    lines.push("[neighbors.afi-safis.mp-graceful-restart.config]", "enabled = true");
    lines.push("[neighbors.afi-safis.long-lived-graceful-restart.config]", "enabled = true", "restart-time = 100");
  }
  return lines.join("\n");
}

const configuration = (autonomousSystem: number, longLived: boolean) => `[global.config]
as = ${autonomousSystem}
router-id = "${GOBGP.address}"
port = 179
local-address-list = ["${GOBGP.address}"]
[[neighbors]]
[neighbors.config]
neighbor-address = "${OURS.address}"
peer-as = 64512
[neighbors.timers.config]
connect-retry = 1
[neighbors.transport.config]
local-address = "${GOBGP.address}"
${longLived ? RESTARTS : ""}${FAMILIES.map((family) => familyLines(family, longLived)).join("\n")}
[[vrfs]]
[vrfs.config]
name = "RED"
id = 1
rd = "64512:1"
both-rt-list = ["64512:100"]
`;
