import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FamilyName } from "@contrail/bgp";
import { BackgroundProcess } from "../background-process.ts";
import { BIRD_PROGRAM } from "../needs.ts";
import { BIRD, OURS, runIn } from "../network.ts";
import { asOf, OUR_AS, ownRoutes, type Role, type Router } from "./router.ts";

const ROUTES = ownRoutes(4);
const TABLES: Partial<Record<FamilyName, string>> = { inet: "master4", "inet-vpn": "vpn4t", "inet6-vpn": "vpn6t" };
const FAMILIES = Object.keys(TABLES) as readonly FamilyName[]; // The keys above.

/** BIRD in a role. It has no EVPN and no route targets (2.0); next hops of IPv4 in VPNv6 it takes with both IGP tables. */
export class MatrixBird implements Router {
  readonly routes = ROUTES;
  readonly gives = FAMILIES;
  readonly takes = FAMILIES;
  readonly keeps = FAMILIES;
  readonly #socket: string;
  readonly #process: BackgroundProcess;

  constructor(folder: string, role: Role) {
    const file = join(folder, "matrix-bird.conf");
    writeFileSync(file, configuration(role));
    this.#socket = join(folder, "matrix-bird.sock");
    const log = join(folder, "matrix-bird.log");
    const args = ["-f", "-R", "-c", file, "-s", this.#socket, "-P", join(folder, "matrix-bird.pid")];
    this.#process = new BackgroundProcess(BIRD.namespace, log, BIRD_PROGRAM, ...args);
  }

  announce(): void {
    for (const name of ["own4", "own_vpn4", "own_vpn6"]) this.#run("enable", name);
  }

  withdraw(): void {
    for (const name of ["own4", "own_vpn4", "own_vpn6"]) this.#run("disable", name);
  }

  shows(family: FamilyName): string {
    return this.#run("show", "route", "table", TABLES[family] ?? "master4", "all");
  }

  refresh(): void {
    this.#run("reload", "in", "ours");
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    return this.#process.stop(signal);
  }

  #run(...command: readonly string[]): string {
    return runIn(BIRD.namespace, "birdc", "-s", this.#socket, ...command);
  }
}

function configuration(role: Role): string {
  const as = asOf(role, BIRD);
  return `router id ${BIRD.address};
graceful restart wait 10;
ipv4 table master4;
ipv6 table master6;
vpn4 table vpn4t;
vpn6 table vpn6t;
protocol device { }
filter red { bgp_ext_community.add((rt, 64512, 100)); accept; }
protocol static own4 { disabled; ipv4 { table master4; }; route ${ROUTES.inet} blackhole; }
protocol static own_vpn4 { disabled; vpn4 { table vpn4t; }; route 64512:24 ${ROUTES.inetVpn} blackhole; }
protocol static own_vpn6 { disabled; vpn6 { table vpn6t; }; route 64512:24 ${ROUTES.inet6Vpn} blackhole; }
protocol bgp ours {
  strict bind yes;
  local ${BIRD.address} as ${as};
  neighbor ${OURS.address} as ${OUR_AS};
  connect retry time 1;
  error wait time 1, 2;
  graceful restart on;
  graceful restart time 60;
${role === "reflector" ? "  rr client;\n" : ""}  ipv4 { table master4; import all; export all; };
  vpn4 mpls { table vpn4t; import all; export filter red; igp table master4; next hop self; };
  vpn6 mpls { table vpn6t; import all; export filter red; igp table master4; igp table master6; extended next hop; next hop self; };
}
`;
}
