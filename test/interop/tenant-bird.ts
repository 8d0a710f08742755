import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BackgroundProcess } from "./background-process.ts";
import { BIRD_PROGRAM } from "./needs.ts";
import { BIRD, runIn } from "./network.ts";

/** Addresses of a tenant's router and of its gateway. */
export interface TenantPlace {
  readonly inet: string;
  readonly inet6: string;
  readonly gateway: string;
  readonly port: number;
}

/** BIRD as a tenant's router: a session over IPv6 with both families, in AS 65001. It says 10.7.0.0/16 and fd07::/64. */
export class TenantBird {
  readonly #socket: string;
  readonly #process: BackgroundProcess;

  constructor(folder: string, place: TenantPlace) {
    const file = join(folder, "tenant-bird.conf");
    writeFileSync(file, configuration(place));
    this.#socket = join(folder, "tenant-bird.sock");
    const args = ["-f", "-c", file, "-s", this.#socket, "-P", join(folder, "tenant-bird.pid")];
    this.#process = new BackgroundProcess(BIRD.namespace, join(folder, "tenant-bird.log"), BIRD_PROGRAM, ...args);
  }

  run(...command: readonly string[]): string {
    return runIn(BIRD.namespace, "birdc", "-s", this.#socket, ...command);
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    return this.#process.stop(signal);
  }
}

const configuration = ({ inet, inet6, gateway, port }: TenantPlace): string => `router id ${inet};
ipv4 table master4;
ipv6 table master6;
protocol device { }
protocol static own4 { ipv4; route 10.7.0.0/16 blackhole; }
protocol static own6 { ipv6; route fd07::/64 blackhole; }
protocol bgp up {
  strict bind yes;
  local ${inet6} as 65001;
  neighbor ${gateway} port ${port} as 64512;
  multihop;
  connect retry time 1;
  connect delay time 1;
  error wait time 1, 2;
  ipv4 { import all; export where source = RTS_STATIC; next hop address ${inet}; };
  ipv6 { import all; export where source = RTS_STATIC; next hop address ${inet6}; };
}
`;
