import { existsSync, readdirSync } from "node:fs";
import { inNamespace, makeNamespace, removeNamespace } from "@contrail/machine";
import { runIp, runIpBatch } from "@contrail/netns";
import { removeBpfLeftovers } from "./bpf-file-system.ts";
import { FABRIC, MACHINE_PREFIX, SERVERS_UNDERLAY, UNDERLAY, type UnderlayPlace } from "./layout.ts";

const UNDERLAY_MTU = 1_500;

/** Makes the routed underlay: a router namespace, and a namespace for each place on a /24 of its own. */
export async function makeUnderlay(places: readonly UnderlayPlace[]): Promise<void> {
  for (const name of [FABRIC, ...places.map(({ namespace }) => namespace)]) await makeNamespace(name);
  inNamespace(FABRIC, ["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
  for (const { namespace, address, gateway } of places) {
    const port = namespace.replace("oc-", "to-");
    await runIp(["link", "add", port, "netns", FABRIC, "type", "veth", "peer", "name", "eth0", "netns", namespace]);
    await runIpBatch([`addr add ${gateway}/24 dev ${port}`, `link set ${port} mtu ${UNDERLAY_MTU} up`], FABRIC);
    const commands = [
      `addr add ${address}/24 dev eth0`,
      `link set eth0 mtu ${UNDERLAY_MTU} up`,
      `route add default via ${gateway}`,
    ];
    await runIpBatch(commands, namespace);
  }
}

/** Our namespaces that exist. */
function ourNamespaces(): readonly string[] {
  if (!existsSync("/run/netns")) return [];
  const fixed = new Set([FABRIC, ...[...UNDERLAY, SERVERS_UNDERLAY].map(({ namespace }) => namespace)]);
  return readdirSync("/run/netns").filter((name) => fixed.has(name) || name.startsWith(MACHINE_PREFIX));
}

/** Removes every namespace and pin that a system left behind. */
export async function removeLeftovers(): Promise<void> {
  for (const name of ourNamespaces()) await removeNamespace(name);
  await removeBpfLeftovers();
}
