// Programs that the integration and system tests use; the product itself needs none of them.
import { existsSync } from "node:fs";
import { run, say } from "./packages.mjs";

/** Program looked for, Debian package, what is skipped without it. */
const TOOLS = [
  ["/usr/lib/frr/bgpd", "frr", "BGP with FRR"],
  ["/usr/bin/gobgpd", "gobgpd", "BGP with GoBGP"],
  ["/usr/bin/tshark", "tshark", "decoding of our packets"],
  ["/usr/bin/python3", "python3", "the Python client"],
  ["/usr/share/doc/python3-venv", "python3-venv", "the Python client"],
  ["/usr/bin/clang", "clang", "rebuilding of the eBPF objects"],
  ["/usr/include/bpf/bpf_helpers.h", "libbpf-dev", "rebuilding of the eBPF objects"],
  ["/usr/bin/iperf3", "iperf3", "data plane benchmarks"],
  ["/usr/sbin/ethtool", "ethtool", "data plane benchmarks"],
];

/** As root, installs by apt what is missing; otherwise says what its absence means. Never fails. */
export async function ensureTools() {
  const missing = TOOLS.filter(([program]) => !existsSync(program));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))];
  if (process.getuid() === 0) {
    say(`installing Debian packages for the tests: ${packages.join(" ")}`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-qq"], { env });
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env });
  }
  for (const [program, name, consequence] of missing) {
    if (!existsSync(program)) say(`${name} is not installed: tests of ${consequence} are skipped`);
  }
}
