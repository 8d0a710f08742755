import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FamilyName } from "@contrail/bgp";
import { BackgroundProcess } from "../background-process.ts";
import { GOBGP, OURS, runIn } from "../network.ts";
import { asOf, OUR_AS, ownRoutes, RED_TARGET, type Role, type Router } from "./router.ts";

export const GOBGP_ROUTES = ownRoutes(3);
const NAMES: Partial<Record<FamilyName, readonly [config: string, command: string]>> = {
  inet: ["ipv4-unicast", "ipv4"],
  "inet-vpn": ["l3vpn-ipv4-unicast", "vpnv4"],
  "inet6-vpn": ["l3vpn-ipv6-unicast", "vpnv6"],
  "e-vpn": ["l2vpn-evpn", "evpn"],
  "route-target": ["rtc", "rtc"],
};
const FAMILIES = Object.keys(NAMES) as readonly FamilyName[]; // The keys above.
const VPN = `rd 64512:23 rt ${RED_TARGET} nexthop ${GOBGP.address}`;
const ROUTES = [
  `-a ipv4 ${GOBGP_ROUTES.inet} nexthop ${GOBGP.address}`,
  `-a vpnv4 ${GOBGP_ROUTES.inetVpn} label 323 ${VPN}`,
  `-a vpnv6 ${GOBGP_ROUTES.inet6Vpn} label 323 ${VPN}`,
  `-a evpn macadv ${GOBGP_ROUTES.evpn} 10.113.0.1 etag 0 label 5003 rd 64512:23 rt ${RED_TARGET} encap vxlan nexthop ${GOBGP.address}`,
];

/** GoBGP in a role. */
export class MatrixGoBgp implements Router {
  readonly gives = FAMILIES;
  readonly takes = FAMILIES;
  readonly #process: BackgroundProcess;

  constructor(folder: string, role: Role) {
    const file = join(folder, "matrix-gobgp.toml");
    writeFileSync(file, configuration(role));
    const log = join(folder, "matrix-gobgp.log");
    this.#process = new BackgroundProcess(GOBGP.namespace, log, "gobgpd", "-f", file, "--api-hosts", "127.0.0.1:50051");
  }

  announce(): void {
    for (const route of ROUTES) run(`global rib add ${route}`);
  }

  withdraw(): void {
    for (const route of ROUTES) run(`global rib del ${route}`);
  }

  shows(family: FamilyName): string {
    return run(`global rib -a ${NAMES[family]?.[1]}`);
  }

  refresh(): void {
    run(`neighbor ${OURS.address} softresetin`);
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    return this.#process.stop(signal);
  }
}

function run(command: string): string {
  return runIn(GOBGP.namespace, "gobgp", ...command.split(" "));
}

function configuration(role: Role): string {
  const reflects =
    role === "reflector"
      ? `[neighbors.route-reflector.config]\nroute-reflector-client = true\nroute-reflector-cluster-id = "${GOBGP.address}"\n`
      : "";
  const families = Object.values(NAMES).map(
    ([name]) => `[[neighbors.afi-safis]]
[neighbors.afi-safis.config]
afi-safi-name = "${name}"
[neighbors.afi-safis.mp-graceful-restart.config]
enabled = true
`,
  );
  return `[global.config]
as = ${asOf(role)}
router-id = "${GOBGP.address}"
port = 179
local-address-list = ["${GOBGP.address}"]
[[neighbors]]
[neighbors.config]
neighbor-address = "${OURS.address}"
peer-as = ${OUR_AS}
[neighbors.timers.config]
connect-retry = 1
[neighbors.transport.config]
local-address = "${GOBGP.address}"
[neighbors.graceful-restart.config]
enabled = true
restart-time = 60
${reflects}${families.join("")}[[vrfs]]
[vrfs.config]
name = "RED"
id = 1
rd = "64512:23"
both-rt-list = ["${RED_TARGET}"]
`;
}
