import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";

/** Where Debian keeps bgpd, which is in no PATH. */
export const BGPD = "/usr/lib/frr/bgpd";

/** And BIRD. */
export const BIRD_PROGRAM = "/usr/sbin/bird";

/** Why the tests cannot run on this machine; undefined where they can. programs: needed beside those of all tests. */
export function missingNeeds(...programs: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return "needs root, for network namespaces";
  const missing = ["ip", "gobgpd", "gobgp", "vtysh", "tshark", "text2pcap", "tcpdump"].filter(
    (command) => !onPath(command),
  );
  for (const program of [BGPD, ...programs]) if (!isExecutable(program)) missing.push(program);
  return missing.length === 0
    ? undefined
    : `needs ${missing.join(", ")} (packages frr, gobgpd, bird2, tshark, tcpdump)`;
}

/** Why what needs a GoBGP of version 4 cannot run; undefined where it can. */
export function olderGoBgp(): string | undefined {
  const { stdout } = spawnSync("gobgpd", ["--version"], { encoding: "utf8" });
  const [, version = "of no version"] = /(\d+)\./.exec(stdout) ?? [];
  if (Number(version) >= 4) return undefined;
  return `needs GoBGP 4, which npm test builds where there is Go (version ${version} ends by itself when a speaker of e-vpn restarts)`;
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
