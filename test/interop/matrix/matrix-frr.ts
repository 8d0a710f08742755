import type { FamilyName } from "@contrail/bgp";
import { Bgpd } from "../bgpd.ts";
import { FRR, OURS } from "../network.ts";
import { asOf, OUR_AS, ownRoutes, RED_TARGET, type Role, type Router } from "./router.ts";

const ROUTES = ownRoutes(2);
const NAMES: Partial<Record<FamilyName, string>> = {
  inet: "ipv4 unicast",
  "inet-vpn": "ipv4 vpn",
  "inet6-vpn": "ipv6 vpn",
  "e-vpn": "l2vpn evpn",
};
const NETWORKS: Partial<Record<FamilyName, string>> = {
  inet: `network ${ROUTES.inet}`,
  "inet-vpn": `network ${ROUTES.inetVpn} rd 64512:22 label 322`,
  "inet6-vpn": `network ${ROUTES.inet6Vpn} rd 64512:22 label 322`,
};

/** FRR's bgpd in a role. Without zebra it has no EVPN routes of its own; it keeps none of a speaker that restarts (8.4). */
export class MatrixFrr implements Router {
  readonly routes = ROUTES;
  readonly gives: readonly FamilyName[] = ["inet", "inet-vpn", "inet6-vpn"];
  readonly takes: readonly FamilyName[] = [...this.gives, "e-vpn"];
  readonly keeps = this.gives;
  readonly #role: Role;
  readonly #bgpd: Bgpd;

  constructor(folder: string, role: Role) {
    this.#role = role;
    this.#bgpd = new Bgpd(folder, configuration(role));
  }

  announce(): void {
    this.#networks("");
  }

  withdraw(): void {
    this.#networks("no ");
  }

  shows(family: FamilyName): string {
    return this.#bgpd.run(family === "e-vpn" ? "show bgp l2vpn evpn" : `show bgp ${NAMES[family]}`);
  }

  refresh(): void {
    for (const name of Object.values(NAMES)) this.#bgpd.run(`clear bgp ${name} * soft in`);
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    return this.#bgpd.stop(signal);
  }

  #networks(prefix: "" | "no "): void {
    const lines = Object.entries(NETWORKS).flatMap(([family, network]) => [
      `address-family ${NAMES[family as FamilyName]}`, // Its own key.
      // Not part of what is taken back.
      `${prefix}${network}${prefix === "" && family !== "inet" ? " route-map RED" : ""}`,
      "exit-address-family",
    ]);
    this.#bgpd.run("configure terminal", `router bgp ${asOf(this.#role, FRR)}`, ...lines);
  }
}

function configuration(role: Role): string {
  const client = role === "reflector" ? `\n  neighbor ${OURS.address} route-reflector-client` : "";
  const families = Object.values(NAMES).map(
    (name) => ` address-family ${name}
  neighbor ${OURS.address} activate${client}
 exit-address-family
`,
  );
  return `frr defaults traditional
route-map RED permit 10
 set extcommunity rt ${RED_TARGET}
router bgp ${asOf(role, FRR)}
 bgp router-id ${FRR.address}
 no bgp default ipv4-unicast
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor ${OURS.address} remote-as ${OUR_AS}
 neighbor ${OURS.address} timers connect 1
 neighbor ${OURS.address} update-source ${FRR.address}
 bgp graceful-restart
 bgp graceful-restart restart-time 60
${families.join("")}`;
}
