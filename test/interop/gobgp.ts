import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BackgroundProcess } from "./background-process.ts";
import { GOBGP, OURS, runIn } from "./network.ts";

/** GoBGP with a VRF: import oracle, and the only one that speaks route target membership. */
export class GoBgp {
  readonly #process: BackgroundProcess;

  constructor(folder: string, autonomousSystem = 64_512) {
    const configFile = join(folder, "gobgp.toml");
    writeFileSync(configFile, configuration(autonomousSystem));
    const log = join(folder, "gobgpd.log");
    this.#process = new BackgroundProcess(GOBGP.namespace, log, "gobgpd", "-f", configFile, "--api-hosts", API);
  }

  /** Runs the gobgp client and gives what it prints. */
  run(command: string): string {
    return runIn(GOBGP.namespace, "gobgp", ...command.split(" "));
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

const API = "127.0.0.1:50051";
const FAMILIES = ["ipv4-unicast", "l3vpn-ipv4-unicast", "l3vpn-ipv6-unicast", "l2vpn-evpn", "rtc"];

const configuration = (autonomousSystem: number) => `[global.config]
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
${FAMILIES.map((family) => `[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = "${family}"`).join("\n")}
[[vrfs]]
[vrfs.config]
name = "RED"
id = 1
rd = "64512:1"
both-rt-list = ["64512:100"]
`;
