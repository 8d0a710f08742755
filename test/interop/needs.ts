import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where Debian keeps bgpd, which is in no PATH. */
export const BGPD = "/usr/lib/frr/bgpd";

/** Why the tests cannot run on this machine; undefined where they can. */
export function missingNeeds(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root, for network namespaces";
  const missing = ["ip", "gobgpd", "gobgp", "vtysh", "tshark", "tcpdump"].filter((command) => !onPath(command));
  if (!isExecutable(BGPD)) missing.push(BGPD);
  return missing.length === 0 ? undefined : `needs ${missing.join(", ")} (packages frr, gobgpd, tshark, tcpdump)`;
}

function onPath(command: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => isExecutable(join(folder, command)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
