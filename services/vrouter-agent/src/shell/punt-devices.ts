import { AGENT_MAC, LINK_LOCAL_PREFIX, SERVICE_ADDRESSES } from "@contrail/forwarding";
import { formatInetAddress, formatInetPrefix, formatMacAddress } from "@contrail/net";
import { disableOffloads, runIp } from "@contrail/netns";

/** Device of the data plane. */
export const PUNT_DEVICE = "pkt0";
/** Its other end, which is the agent's: punted frames, and the addresses of services. */
export const AGENT_DEVICE = "pkt0a";
/** Nobody has it: the way to all interfaces goes "via" it, so that the kernel keeps one neighbour and not thousands. */
const ALL_INTERFACES = formatInetAddress(LINK_LOCAL_PREFIX.address + 0x1f01);

/**
 * Makes the pair of punt devices unless it is there, and gives the agent's end the addresses of services and the route to
 * the interfaces' own addresses, with the machines' MTU. Segments are whole there: no engine could cut them.
 */
export async function makePuntDevices(machineMtuBytes: number): Promise<void> {
  const known = await runIp(["link", "show", PUNT_DEVICE]).catch(() => undefined);
  if (known === undefined) await runIp(["link", "add", PUNT_DEVICE, "type", "veth", "peer", "name", AGENT_DEVICE]);
  for (const device of [PUNT_DEVICE, AGENT_DEVICE]) {
    await runIp(["link", "set", device, "mtu", "9000", "addrgenmode", "none", "arp", "off", "up"]);
  }
  await runIp(["link", "set", AGENT_DEVICE, "address", formatMacAddress(AGENT_MAC)]);
  disableOffloads(AGENT_DEVICE);
  for (const address of Object.values(SERVICE_ADDRESSES)) {
    await runIp(["address", "replace", `${formatInetAddress(address)}/32`, "dev", AGENT_DEVICE, "scope", "link"]);
  }
  const way = ["via", ALL_INTERFACES, "dev", AGENT_DEVICE, "onlink", "mtu", String(machineMtuBytes)];
  await runIp(["route", "replace", formatInetPrefix(LINK_LOCAL_PREFIX), ...way]);
}
