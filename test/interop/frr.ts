import { Bgpd } from "./bgpd.ts";
import { FRR, OURS } from "./network.ts";

/** What FRR announces, from outside any VRF and from VRF RED. */
export const FRR_ROUTES = {
  plain: { rd: "64512:9", prefix: "10.9.9.0/24", label: 999 },
  red: { rd: "64512:1", prefix: "10.1.1.0/24", label: 777 },
  inet6: { rd: "64512:9", prefix: "2001:db8:9::/48", label: 998 },
  redTarget: "target:64512:100",
} as const;

/** FRR's bgpd without zebra: codec and export oracle. */
export class Frr {
  readonly #bgpd: Bgpd;

  /** lines: of its neighbour, one indented line each, for a peer of another AS than ours. */
  constructor(folder: string, autonomousSystem = 64_512, lines: readonly string[] = []) {
    this.#bgpd = new Bgpd(folder, configuration(autonomousSystem, lines));
  }

  /** The answer to a show command, as text or, where it ends in "json", for JSON.parse. */
  show(command: string): string {
    return this.#bgpd.run(command);
  }

  /** Enters lines of configuration, one under the other. */
  configure(...lines: readonly string[]): void {
    this.#bgpd.run("configure terminal", ...lines);
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    return this.#bgpd.stop(signal);
  }
}

const configuration = (autonomousSystem: number, lines: readonly string[]) => `frr defaults traditional
route-map RED permit 10
 set extcommunity rt 64512:100
router bgp ${autonomousSystem}
 bgp router-id ${FRR.address}
 no bgp default ipv4-unicast
 no bgp ebgp-requires-policy
 neighbor ${OURS.address} remote-as 64512
 neighbor ${OURS.address} timers connect 1
 neighbor ${OURS.address} update-source ${FRR.address}
 bgp graceful-restart
 bgp graceful-restart restart-time 60
${lines.map((line) => ` ${line}\n`).join("")} address-family ipv4 vpn
  neighbor ${OURS.address} activate
  network ${FRR_ROUTES.plain.prefix} rd ${FRR_ROUTES.plain.rd} label ${FRR_ROUTES.plain.label}
 exit-address-family
 address-family ipv6 vpn
  neighbor ${OURS.address} activate
  network ${FRR_ROUTES.inet6.prefix} rd ${FRR_ROUTES.inet6.rd} label ${FRR_ROUTES.inet6.label} route-map RED
 exit-address-family
 address-family l2vpn evpn
  neighbor ${OURS.address} activate
 exit-address-family
router bgp ${autonomousSystem} vrf RED
 no bgp network import-check
 address-family ipv4 unicast
  network ${FRR_ROUTES.red.prefix}
  rd vpn export ${FRR_ROUTES.red.rd}
  rt vpn both 64512:100
  label vpn export ${FRR_ROUTES.red.label}
  export vpn
  import vpn
`;
