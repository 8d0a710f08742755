import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";

/** Where Debian keeps bgpd, which is in no PATH. */
export const BGPD = "/usr/lib/frr/bgpd";

/** Why the tests cannot run on this machine; undefined where they can. */
export function missingNeeds(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root, for network namespaces";
  const missing = ["ip", "gobgpd", "gobgp", "vtysh", "tshark", "text2pcap", "tcpdump"].filter(
    (command) => !onPath(command),
  );
  if (!isExecutable(BGPD)) missing.push(BGPD);
  return missing.length === 0 ? undefined : `needs ${missing.join(", ")} (packages frr, gobgpd, tshark, tcpdump)`;
}

function onPath(command: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${command}`], { stdio: "ignore" }).status === 0;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
