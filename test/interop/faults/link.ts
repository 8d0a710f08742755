import { execFileSync } from "node:child_process";

/** The namespace of the link, and those of its two ends: with an address each, and the port of the bridge towards it. */
const LINK = "oct-link-bridge";
const BRIDGE = "br0";
export const ENDS = {
  control1: { namespace: "oct-link-one", address: "172.29.0.1", mac: "02:29:00:00:00:01", port: "port1" },
  control2: { namespace: "oct-link-two", address: "172.29.0.2", mac: "02:29:00:00:00:02", port: "port2" },
} as const;
export type EndName = keyof typeof ENDS;

/** Why there can be no link here; undefined where there can. */
export function missingForLink(): string | undefined {
  return process.getuid?.() === 0 ? undefined : "needs root, for network namespaces";
}

/**
 * Makes two namespaces with a bridge between them. The ends know each other's MAC for good, so that a link that drops
 * everything one way looks like that and not like a host that is not there.
 */
export function createLink(): void {
  removeLink();
  ip("netns", "add", LINK);
  ip("-n", LINK, "link", "add", BRIDGE, "type", "bridge");
  ip("-n", LINK, "link", "set", BRIDGE, "up");
  for (const { namespace, address, mac, port } of Object.values(ENDS)) {
    ip("netns", "add", namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
    ip("-n", LINK, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace);
    ip("-n", LINK, "link", "set", port, "master", BRIDGE, "up");
    ip("-n", namespace, "link", "set", "eth0", "address", mac, "up");
    ip("-n", namespace, "addr", "add", `${address}/24`, "dev", "eth0");
  }
  const [one, two] = [ENDS.control1, ENDS.control2];
  for (const [from, to] of [
    [one, two],
    [two, one],
  ] as const) {
    ip("-n", from.namespace, "neigh", "replace", to.address, "lladdr", to.mac, "nud", "permanent", "dev", "eth0");
  }
}

/** Removes the namespaces, and ends what a killed run has left running in them. */
export function removeLink(): void {
  const existing = execFileSync("ip", ["netns", "list"], { encoding: "utf8" }).split(/\s+/);
  for (const namespace of [LINK, ...Object.values(ENDS).map((end) => end.namespace)]) {
    if (!existing.includes(namespace)) continue;
    const pids = execFileSync("ip", ["netns", "pids", namespace], { encoding: "utf8" });
    for (const pid of pids.split(/\s+/).filter(Boolean)) kill(Number(pid));
    ip("netns", "del", namespace);
  }
}

/** Drops everything both ways, or nothing any more (states of IEEE 802.1D: disabled, forwarding). */
export function cutLink(cut: boolean): void {
  onBridge("link", "set", "dev", ENDS.control1.port, "state", cut ? "0" : "3");
}

/** Drops everything towards one end, or nothing any more: the bridge does not know where that end is, and does not flood. */
export function deafen(end: EndName, deaf: boolean): void {
  const { port, mac } = ENDS[end];
  const floods = deaf ? "off" : "on";
  onBridge("link", "set", "dev", port, "learning", floods, "flood", floods, "mcast_flood", floods);
  onBridge("link", "set", "dev", port, "bcast_flood", floods);
  if (deaf) onBridge("fdb", "del", mac, "dev", port, "master");
}

/** Lets so many bits a second through each way, and queues so many octets before it drops; undefined: as fast as it goes. */
export function slowLink(shape: { readonly bitsPerSecond: number; readonly queueBytes: number } | undefined): void {
  for (const { port } of Object.values(ENDS)) {
    if (shape === undefined) tc("del", "dev", port, "root");
    else {
      const { bitsPerSecond, queueBytes } = shape;
      tc("add", "dev", port, "root", "tbf", "rate", `${bitsPerSecond}bit`, "burst", "4k", "limit", `${queueBytes}`);
    }
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself in the meantime.
  }
}

function onBridge(...args: string[]): void {
  execFileSync("ip", ["netns", "exec", LINK, "bridge", ...args], { stdio: ["ignore", "ignore", "pipe"] });
}

function tc(...args: string[]): void {
  execFileSync("ip", ["netns", "exec", LINK, "tc", "qdisc", ...args], { stdio: ["ignore", "ignore", "pipe"] });
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}
