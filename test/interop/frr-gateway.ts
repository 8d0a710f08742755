import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BackgroundProcess } from "./background-process.ts";
import { BGPD } from "./needs.ts";
import { FRR, OURS, runIn } from "./network.ts";

/** Beside bgpd. */
export const ZEBRA = join(dirname(BGPD), "zebra");

/** A route of the kernel's main table, as `ip -json route` has it. */
export interface KernelRoute {
  readonly dst: string;
  readonly dev?: string;
  readonly gateway?: string;
  readonly protocol?: string;
  readonly nexthops?: readonly { readonly gateway: string }[];
}

/** FRR with zebra, which puts routes into the kernel of its namespace: a gateway, configured by a text as operators do. */
export class FrrGateway {
  readonly #folder: string;
  readonly #processes: readonly BackgroundProcess[];

  /** folder: is made anew, below one that everybody may read; FRR's own user may write there. */
  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    writeFileSync(join(folder, "empty.conf"), "");
    const common = ["--vty_socket", folder, "-A", "127.0.0.1", "-P", "0", "-f", join(folder, "empty.conf")];
    const start = (name: string, program: string, ...more: string[]): BackgroundProcess => {
      const files = ["-i", join(folder, `${name}.pid`), "-z", join(folder, "zserv.api")];
      return new BackgroundProcess(FRR.namespace, join(folder, `${name}.log`), program, ...common, ...files, ...more);
    };
    this.#processes = [start("zebra", ZEBRA), start("bgpd", BGPD, "-p", "179")];
  }

  /** True once both can be given commands. */
  get isListening(): boolean {
    return ["zebra", "bgpd"].every((name) => existsSync(join(this.#folder, `${name}.vty`)));
  }

  /** Gives it a text, line by line as it would read the file at its start. */
  load(text: string): void {
    const file = join(this.#folder, "frr.conf");
    writeFileSync(file, text);
    runIn(FRR.namespace, "vtysh", "--vty_socket", this.#folder, "-f", file);
  }

  show(command: string): string {
    return runIn(FRR.namespace, "vtysh", "--vty_socket", this.#folder, "-c", command);
  }

  /** bgpd first: it takes its routes back. */
  async stop(): Promise<void> {
    for (const process of [...this.#processes].reverse()) await process.stop();
  }
}

/** Runs a shell script in FRR's namespace. */
export function runScript(text: string): void {
  runIn(FRR.namespace, "sh", "-c", text);
}

/** Lets a host of a stub network that FRR is connected with come or go. */
export function stubAddress(action: "add" | "del", address: string): void {
  runIn(FRR.namespace, "ip", "addr", action, address, "dev", "stub0");
}

/** A stub network, and the way to the hosts' tunnel end points behind our bridge. */
export function prepareNamespace(address: string, hosts: string): void {
  // Not a dummy: not every kernel has those.
  runIn(FRR.namespace, "ip", "link", "add", "stub0", "type", "veth", "peer", "name", "stub1");
  for (const device of ["stub0", "stub1"]) runIn(FRR.namespace, "ip", "link", "set", device, "up");
  stubAddress("add", address);
  runIn(FRR.namespace, "ip", "route", "add", hosts, "via", OURS.address);
}

/** Routes that FRR has put into the kernel. */
export function kernelRoutes(): readonly KernelRoute[] {
  const routes = JSON.parse(runIn(FRR.namespace, "ip", "-json", "route", "show")) as readonly KernelRoute[];
  return routes.filter(({ protocol }) => protocol === "bgp");
}

/** Where the kernel sends packets of a prefix: gateways, ascending. */
export function kernelGateways(prefix: string): readonly string[] {
  const routes = kernelRoutes().filter(({ dst }) => dst === prefix);
  return routes.flatMap(({ gateway, nexthops }) => gateway ?? nexthops?.map((hop) => hop.gateway) ?? []).sort();
}

/** MAC addresses of tunnel end points on a bridge: "address mac", as zebra has put them there. */
export function routerMacs(bridge: string): readonly string[] {
  const entries = JSON.parse(runIn(FRR.namespace, "ip", "-json", "neigh", "show", "dev", bridge)) as readonly {
    readonly dst: string;
    readonly lladdr?: string;
  }[];
  return entries.flatMap(({ dst, lladdr }) => (lladdr === undefined ? [] : `${dst} ${lladdr}`)).sort();
}

/** Where a VXLAN device sends frames of a MAC address: "mac end point", as zebra has put them there. */
export function tunnelEnds(vxlan: string): readonly string[] {
  const entries = JSON.parse(runIn(FRR.namespace, "bridge", "-json", "fdb", "show", "dev", vxlan)) as readonly {
    readonly mac: string;
    readonly dst?: string;
  }[];
  return entries.flatMap(({ mac, dst }) => (dst === undefined ? [] : `${mac} ${dst}`)).sort();
}
