import type { FamilyName } from "@contrail/bgp";
import { GoBgpd } from "../gobgpd.ts";
import { OURS, type Place } from "../network.ts";
import { asOf, OUR_AS, type OwnRoutes, ownRoutes, RED_TARGET, type Role, type Router } from "./router.ts";

const NAMES: Partial<Record<FamilyName, readonly [config: string, command: string]>> = {
  inet: ["ipv4-unicast", "ipv4"],
  "inet-vpn": ["l3vpn-ipv4-unicast", "vpnv4"],
  "inet6-vpn": ["l3vpn-ipv6-unicast", "vpnv6"],
  "e-vpn": ["l2vpn-evpn", "evpn"],
  "route-target": ["rtc", "rtc"],
};
const FAMILIES = Object.keys(NAMES) as readonly FamilyName[]; // The keys above.

/** GoBGP in a role, with a VRF that imports what is red. */
export class MatrixGoBgp implements Router {
  readonly routes: OwnRoutes;
  readonly takes: readonly FamilyName[];
  readonly gives: readonly FamilyName[];
  readonly keeps: readonly FamilyName[];
  /** It keeps what it got, and looks at that again (4.8). */
  readonly refresh = undefined;
  readonly #announced: readonly string[];
  readonly #gobgpd: GoBgpd;

  /** asksForTargets: it speaks route-target, and then gives no routes without a target (4.8). */
  constructor(folder: string, place: Place, role: Role, asksForTargets: boolean) {
    const index = Number(place.address.split(".").at(-1));
    this.routes = ownRoutes(index);
    this.#announced = announced(place.address, index, this.routes);
    this.takes = FAMILIES.filter((family) => asksForTargets || family !== "route-target");
    this.gives = this.takes.filter((family) => !asksForTargets || family !== "inet");
    this.keeps = this.takes.filter((family) => family !== "route-target");
    this.#gobgpd = new GoBgpd(folder, place, configuration(place, index, role, this.takes));
  }

  announce(): void {
    for (const route of this.#announced) this.#gobgpd.run(`global rib add ${route}`);
  }

  withdraw(): void {
    for (const route of this.#announced) this.#gobgpd.run(`global rib del ${route}`);
  }

  shows(family: FamilyName): string {
    return this.#gobgpd.run(`global rib -a ${NAMES[family]?.[1]}`);
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    return this.#gobgpd.stop(signal);
  }
}

/** Arguments of "gobgp global rib add" for its routes. */
function announced(address: string, index: number, { inet, inetVpn, inet6Vpn, evpn }: OwnRoutes): readonly string[] {
  const red = `rd ${OUR_AS}:2${index} rt ${RED_TARGET}`;
  return [
    `-a ipv4 ${inet} nexthop ${address}`,
    `-a vpnv4 ${inetVpn} label 323 ${red} nexthop ${address}`,
    `-a vpnv6 ${inet6Vpn} label 323 ${red} nexthop ${address}`,
    `-a evpn macadv ${evpn} 10.113.0.1 etag 0 label 5003 ${red} encap vxlan nexthop ${address}`,
  ];
}

function configuration(place: Place, index: number, role: Role, families: readonly FamilyName[]): string {
  const { address } = place;
  const reflects =
    role === "reflector"
      ? `[neighbors.route-reflector.config]\nroute-reflector-client = true\nroute-reflector-cluster-id = "${address}"\n`
      : "";
  const lines = families.map(
    (family) => `[[neighbors.afi-safis]]
[neighbors.afi-safis.config]
afi-safi-name = "${NAMES[family]?.[0]}"
[neighbors.afi-safis.mp-graceful-restart.config]
enabled = true
`,
  );
  return `[global.config]
as = ${asOf(role, place)}
router-id = "${address}"
port = 179
local-address-list = ["${address}"]
[[neighbors]]
[neighbors.config]
neighbor-address = "${OURS.address}"
peer-as = ${OUR_AS}
[neighbors.timers.config]
connect-retry = 1
[neighbors.transport.config]
local-address = "${address}"
[neighbors.graceful-restart.config]
enabled = true
restart-time = 60
${reflects}${lines.join("")}[[vrfs]]
[vrfs.config]
name = "RED"
id = 1
rd = "${OUR_AS}:2${index}"
both-rt-list = ["${RED_TARGET}"]
`;
}
