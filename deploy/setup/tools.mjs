// Programs of the machine that are used and are no npm packages.
import { existsSync } from "node:fs";
import { run, say } from "./packages.mjs";

/** What the embedded system needs: paths looked for (one is enough), Debian package, what fails without it. */
const PROGRAMS = [
  [["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"], "iproute2", "no network can be made"],
  [["/usr/bin/ping", "/bin/ping"], "iputils-ping", "the demonstration cannot ask whether machines answer"],
  [
    ["/usr/lib/x86_64-linux-gnu/libbpf.so.1", "/usr/lib/aarch64-linux-gnu/libbpf.so.1", "/usr/lib64/libbpf.so.1"],
    "libbpf1",
    "the kernel data plane cannot be used; the TypeScript engine can",
  ],
  [["/usr/bin/curl"], "curl", "CloudStack's extension uses a slower stand-in of the embedded system"],
];

/** What the integration and system tests use besides. */
const TEST_TOOLS = [
  [["/usr/lib/frr/bgpd"], "frr", "tests of BGP with FRR are skipped"],
  [["/usr/bin/gobgpd"], "gobgpd", "tests of BGP with GoBGP are skipped"],
  [["/usr/sbin/bird"], "bird2", "the control node is not measured beside BIRD"],
  [["/usr/bin/tshark"], "tshark", "tests of decoding of our packets are skipped"],
  [["/usr/bin/tcpdump", "/usr/sbin/tcpdump"], "tcpdump", "tests of decoding of our packets are skipped"],
  [["/usr/bin/dash", "/bin/dash"], "dash", "tests of CloudStack's extension with dash are skipped"],
  [["/usr/bin/python3"], "python3", "tests of the Python client are skipped"],
  [["/usr/share/doc/python3-venv"], "python3-venv", "tests of the Python client are skipped"],
  [["/usr/bin/clang"], "clang", "tests of rebuilding of the eBPF objects are skipped"],
  [["/usr/bin/llvm-strip"], "llvm", "tests of rebuilding of the eBPF objects are skipped"],
  [["/usr/include/bpf/bpf_helpers.h"], "libbpf-dev", "tests of rebuilding of the eBPF objects are skipped"],
  [["/usr/bin/iperf3"], "iperf3", "tests of data plane benchmarks are skipped"],
  [["/usr/sbin/ethtool"], "ethtool", "tests of data plane benchmarks are skipped"],
  [["/usr/bin/java"], "openjdk-17-jre-headless", "tests with real Cassandra and Kafka are skipped"],
  [["/usr/bin/faketime"], "faketime", "tests of clocks that are wrong are skipped"],
  [["/usr/bin/mvn"], "maven", "tests with real Cassandra and Kafka are skipped"],
];

/** What the images of deploy/compose are built and run with. */
const IMAGE_TOOLS = [
  [["/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/bin/docker"], "docker.io", "containers cannot be run"],
  [["/usr/sbin/debootstrap"], "debootstrap", "images cannot be built"],
  [["/usr/bin/java"], "openjdk-17-jre-headless", "the servers' jars cannot be fetched"],
  [["/usr/bin/mvn"], "maven", "the servers' jars cannot be fetched"],
];

/** Installs by apt, as root, what the embedded system needs and is missing; otherwise says what that means. */
export function ensurePrograms() {
  return ensure(PROGRAMS, "the embedded system");
}

/** The same for what the integration and system tests need. */
export function ensureTestTools() {
  return ensure([...PROGRAMS, ...TEST_TOOLS], "the tests");
}

/** The same for what the images need, and Go, to build what Debian does not have. */
export function ensureImageTools(needsGo) {
  const go = [[["/usr/local/go/bin/go", "/usr/bin/go"], "golang-go", "Docker Compose 2 cannot be built"]];
  return ensure([...IMAGE_TOOLS, ...(needsGo ? go : [])], "the images");
}

/** Never fails: what could not be installed is said with its consequence. */
async function ensure(programs, purpose) {
  const isMissing = ([paths]) => !paths.some((path) => existsSync(path));
  const missing = programs.filter(isMissing);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))];
  if (process.getuid() === 0) {
    say(`installing Debian packages for ${purpose}: ${packages.join(" ")}`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-qq"], { env });
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env });
  }
  for (const [, name, consequence] of missing.filter(isMissing)) {
    say(`${name} is not installed: ${consequence} (as root: apt-get install ${name})`);
  }
}
