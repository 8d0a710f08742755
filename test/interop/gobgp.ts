import { GoBgpd } from "./gobgpd.ts";
import { GOBGP, OURS } from "./network.ts";

/** GoBGP with a VRF: import oracle, and the only one that speaks route target membership. */
export class GoBgp extends GoBgpd {
  /** longLived: its routes may be kept for 2 s after it has gone, and for 100 s after that as the last choice. */
  constructor(folder: string, autonomousSystem = 64_512, longLived = false) {
    super(folder, GOBGP, configuration(autonomousSystem, longLived));
  }
}

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
