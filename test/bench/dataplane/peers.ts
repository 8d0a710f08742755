import { runIn } from "./namespaces.ts";
import { addPath, HOSTS, hostAddress, MACHINE_DEVICE, otherHost, type Path, UNDERLAY_DEVICE } from "./path.ts";

const VNI = "42";
const VXLAN_PORT = "4789";

/** The kernel's own overlay: a bridge and a VXLAN device on each host, the machines in one subnet. */
export async function addKernelVxlan(): Promise<Path> {
  const path = await addPath("kernel-vxlan", { 1: "10.1.1.3", 2: "10.1.1.4" });
  for (const number of HOSTS) {
    const { host } = number === 1 ? path.near : path.far;
    const ends = ["local", hostAddress(number), "remote", hostAddress(otherHost(number)), "dev", UNDERLAY_DEVICE];
    const vxlan = ["type", "vxlan", "id", VNI, "dstport", VXLAN_PORT, "noudpcsum", ...ends];
    await runIn(host, "ip", "link", "add", "br0", "type", "bridge");
    await runIn(host, "ip", "link", "add", "vxlan0", ...vxlan);
    for (const device of ["vxlan0", MACHINE_DEVICE]) {
      await runIn(host, "ip", "link", "set", device, "mtu", "1500", "master", "br0", "up");
    }
    await runIn(host, "ip", "link", "set", "br0", "up");
    await withoutBridgeFilter(host);
  }
  return path;
}

/** No overlay: the hosts route between the machines' subnets. What any overlay has to be measured against. */
export async function addRoutedVeth(): Promise<Path> {
  const path = await addPath("routed-veth", { 1: "10.1.1.3", 2: "10.1.2.3" });
  for (const number of HOSTS) {
    const { host, machine } = number === 1 ? path.near : path.far;
    await runIn(host, "sysctl", "-qw", "net.ipv4.ip_forward=1");
    await runIn(host, "ip", "addr", "add", `10.1.${number}.1/24`, "dev", MACHINE_DEVICE);
    const other = otherHost(number);
    await runIn(host, "ip", "route", "add", `10.1.${other}.0/24`, "via", hostAddress(other));
    await runIn(machine, "ip", "route", "add", "default", "via", `10.1.${number}.1`);
  }
  return path;
}

/** A new namespace hands bridged packets to netfilter, which costs the peer 8 % of its packets for nothing. */
async function withoutBridgeFilter(host: string): Promise<void> {
  const present = await runIn(host, "sysctl", "-N", "-a", "-r", "^net.bridge.bridge-nf-call");
  for (const name of present.split("\n").filter(Boolean)) await runIn(host, "sysctl", "-qw", `${name}=0`);
}
