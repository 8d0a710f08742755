import { execFileSync } from "node:child_process";

/** A router's namespace and its address in the common /24. */
export interface Place {
  readonly namespace: string;
  readonly address: string;
}

/** The routers. */
export const OURS = { namespace: "oct-bgp-ours", address: "172.31.0.1" } as const;
export const FRR = { namespace: "oct-bgp-frr", address: "172.31.0.2" } as const;
export const GOBGP = { namespace: "oct-bgp-gobgp", address: "172.31.0.3" } as const;
export const BIRD = { namespace: "oct-bgp-bird", address: "172.31.0.4" } as const;
/** A second GoBGP, where routes come from for the others. */
export const SOURCE = { namespace: "oct-bgp-source", address: "172.31.0.5" } as const;

const STRANGERS = [FRR, GOBGP, BIRD, SOURCE];
const BRIDGE = "br0";

/** Makes the namespaces and joins them by a bridge in ours; what a killed run has left is removed first. */
export function createNetwork(): void {
  removeNetwork();
  for (const { namespace } of [OURS, ...STRANGERS]) {
    ip("netns", "add", namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
  }
  ip("-n", OURS.namespace, "link", "add", BRIDGE, "type", "bridge");
  ip("-n", OURS.namespace, "addr", "add", `${OURS.address}/24`, "dev", BRIDGE);
  ip("-n", OURS.namespace, "link", "set", BRIDGE, "up");
  for (const [index, { namespace, address }] of STRANGERS.entries()) {
    const port = `port${index}`;
    ip("-n", OURS.namespace, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace);
    ip("-n", OURS.namespace, "link", "set", port, "master", BRIDGE, "up");
    ip("-n", namespace, "addr", "add", `${address}/24`, "dev", "eth0");
    ip("-n", namespace, "link", "set", "eth0", "up");
  }
}

/** Removes the namespaces and their links, and ends what a killed run has left running in them. */
export function removeNetwork(): void {
  const existing = execFileSync("ip", ["netns", "list"], { encoding: "utf8" });
  for (const { namespace } of [OURS, ...STRANGERS]) {
    if (!existing.split(/\s+/).includes(namespace)) continue;
    const pids = execFileSync("ip", ["netns", "pids", namespace], { encoding: "utf8" });
    for (const pid of pids.split(/\s+/).filter(Boolean)) kill(Number(pid));
    ip("netns", "del", namespace);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself in the meantime.
  }
}

/** Runs a command in a namespace and gives its output. */
export function runIn(namespace: string, command: string, ...args: string[]): string {
  return execFileSync("ip", ["netns", "exec", namespace, command, ...args], { encoding: "utf8" });
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}
