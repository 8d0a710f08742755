import { addNamespace, runIn } from "./namespaces.ts";

/** What lies between two machines on two hosts. */
export type PathName = "ours" | "kernel-vxlan" | "routed-veth";
export type Peer = Exclude<PathName, "ours">;

/** One of the two sides: a machine and its host, each a namespace. */
export interface Side {
  readonly machine: string;
  readonly host: string;
  /** Address of the machine. */
  readonly address: string;
}

/** Two machines on two hosts; the hosts are joined by a veth of MTU 1600. */
export interface Path {
  readonly name: PathName;
  /** Where traffic is made. */
  readonly near: Side;
  /** Where it is taken. */
  readonly far: Side;
}

/** Device names in every host; the machine's own device is eth0. */
export const UNDERLAY_DEVICE = "under0";
export const MACHINE_DEVICE = "vif0";
export const UNDERLAY_MTU_BYTES = 1600;
export const MACHINE_MTU_BYTES = 1500;

/** Number of a host, and its place in addresses. */
export const HOSTS = [1, 2] as const;
export type HostNumber = (typeof HOSTS)[number];

export function hostAddress(host: HostNumber): string {
  return `172.31.255.${host}`;
}

export function otherHost(host: HostNumber): HostNumber {
  return host === 1 ? 2 : 1;
}

/** MAC of the machine behind a host. */
export function machineMac(host: HostNumber): string {
  return `02:00:00:00:00:0${host}`;
}

/** Makes hosts, underlay and machines; what joins the machines is missing yet. */
export async function addPath(name: PathName, addresses: Readonly<Record<HostNumber, string>>): Promise<Path> {
  const sides = [];
  for (const host of HOSTS) sides.push(await addSide(name, host, addresses[host]));
  const [near, far] = sides;
  if (near === undefined || far === undefined) throw new Error("a path has two sides");
  const ends = ["type", "veth", "peer", "name", UNDERLAY_DEVICE, "netns", far.host];
  await runIn(near.host, "ip", "link", "add", UNDERLAY_DEVICE, ...ends);
  for (const [index, { host }] of sides.entries()) {
    const address = `${hostAddress(index === 0 ? 1 : 2)}/24`;
    await runIn(host, "ip", "addr", "add", address, "dev", UNDERLAY_DEVICE);
    await runIn(host, "ip", "link", "set", UNDERLAY_DEVICE, "mtu", String(UNDERLAY_MTU_BYTES), "up");
  }
  return { name, near, far };
}

async function addSide(path: PathName, number: HostNumber, address: string): Promise<Side> {
  const host = await addNamespace(`${path}-h${number}`);
  const machine = await addNamespace(`${path}-m${number}`);
  await runIn(host, "ip", "link", "add", MACHINE_DEVICE, "type", "veth", "peer", "name", "eth0", "netns", machine);
  await runIn(host, "ip", "link", "set", MACHINE_DEVICE, "mtu", String(MACHINE_MTU_BYTES), "up");
  // No frames but those of the measures.
  await runIn(machine, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
  const settings = ["address", machineMac(number), "mtu", String(MACHINE_MTU_BYTES), "up"];
  await runIn(machine, "ip", "link", "set", "eth0", ...settings);
  await runIn(machine, "ip", "addr", "add", `${address}/24`, "dev", "eth0");
  // A connection a fraction of a millisecond: the ports of the machine must last.
  await runIn(machine, "sysctl", "-qw", "net.ipv4.tcp_tw_reuse=1", "net.ipv4.ip_local_port_range=1024 65000");
  return { host, machine, address };
}
