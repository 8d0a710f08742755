import { writeFileSync } from "node:fs";

/** Settings of the kernel's stack for a device whose frames are none of its business. */
const SETTINGS: readonly (readonly [string, string])[] = [
  /** No IPv6 address, no router solicitation, no neighbour discovery. */
  ["ipv6/conf/DEVICE/disable_ipv6", "1"],
  /** No answer to ARP for any address of the host. */
  ["ipv4/conf/DEVICE/arp_ignore", "8"],
  /** What is not routed back by this device is dropped: all of a machine's packets, as no route leads there. */
  ["ipv4/conf/DEVICE/rp_filter", "1"],
  ["ipv4/conf/DEVICE/forwarding", "0"],
  ["ipv4/conf/DEVICE/accept_redirects", "0"],
];

/**
 * Keeps the host's own stack from answering and forwarding on a machine's device. Returns the settings that could not be
 * written, in the order of ip-sysctl names; those of IPv6 are absent where the kernel has none.
 */
export function isolateFromHostStack(device: string): readonly string[] {
  return SETTINGS.flatMap(([setting, value]) => {
    const path = setting.replace("DEVICE", device);
    try {
      writeFileSync(`/proc/sys/net/${path}`, value);
      return [];
    } catch {
      return [path];
    }
  });
}
