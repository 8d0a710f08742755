import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PeerName } from "./options.ts";
import { importedSets } from "./routing-instances.ts";
import {
  AUTONOMOUS_SYSTEM,
  CLIENTS,
  PORT,
  type SpeakerUnderTest,
  startSpeaker,
  versionOf,
} from "./speaker-under-test.ts";

const GOBGP = "127.0.1.2";
const FRR = "127.0.1.3";
const BIRD = "127.0.1.4";
const BGPD = "/usr/lib/frr/bgpd";
const BIRD_PROGRAM = "/usr/sbin/bird";

/**
 * Starts a peer with its own defaults, as a route reflector of our clients; undefined where it is not installed. GoBGP,
 * which alone can, has so many routing instances: see importedSets.
 */
export const PEERS: Readonly<Record<PeerName, (directory: string, instances: number) => SpeakerUnderTest | undefined>> =
  {
    gobgp(directory, instances) {
      const version = versionOf("gobgpd", /(\d+\.\d+\.\d+)/, "--version");
      if (version === undefined) return undefined;
      const file = join(directory, "gobgp.toml");
      writeFileSync(file, `${gobgpConfiguration()}${gobgpInstances(instances)}`);
      const args = ["-f", file, "--api-hosts", `${GOBGP}:50151`, "--pprof-disable"];
      return startSpeaker({ name: "gobgp", address: GOBGP, version }, "gobgpd", args);
    },
    frr(directory) {
      const version = versionOf(BGPD, /version (\S+)/, "--version");
      if (version === undefined) return undefined;
      const [file, folder] = [join(directory, "frr.conf"), join(directory, "frr")];
      mkdirSync(folder);
      writeFileSync(file, frrConfiguration());
      const args = [
        ...["-n", "-Z", "-S", "-p", String(PORT), "-l", FRR, "-f", file, "-i", join(folder, "bgpd.pid")],
        ...["--vty_socket", folder, "-A", "127.0.0.1", "-P", "0"],
      ];
      return startSpeaker({ name: "frr", address: FRR, version }, BGPD, args);
    },
    bird(directory) {
      const version = versionOf(BIRD_PROGRAM, /version (\S+)/, "--version");
      if (version === undefined) return undefined;
      const file = join(directory, "bird.conf");
      writeFileSync(file, birdConfiguration());
      const args = ["-f", "-c", file, "-s", join(directory, "bird.sock"), "-P", join(directory, "bird.pid")];
      return startSpeaker({ name: "bird", address: BIRD, version }, BIRD_PROGRAM, args);
    },
  };

function gobgpConfiguration(): string {
  const neighbours = CLIENTS.map(
    (address) => `[[neighbors]]
[neighbors.config]
neighbor-address = "${address}"
peer-as = ${AUTONOMOUS_SYSTEM}
[neighbors.timers.config]
hold-time = 180
[neighbors.transport.config]
passive-mode = true
local-address = "${GOBGP}"
[neighbors.route-reflector.config]
route-reflector-client = true
route-reflector-cluster-id = "${GOBGP}"
[[neighbors.afi-safis]]
[neighbors.afi-safis.config]
afi-safi-name = "l3vpn-ipv4-unicast"
[[neighbors.afi-safis]]
[neighbors.afi-safis.config]
afi-safi-name = "rtc"
`,
  );
  return `[global.config]
as = ${AUTONOMOUS_SYSTEM}
router-id = "${GOBGP}"
port = ${PORT}
local-address-list = ["${GOBGP}"]
${neighbours.join("")}`;
}

function gobgpInstances(instances: number): string {
  const vrfs = Array.from({ length: instances }, (_, number) => {
    const targets = importedSets(number).map((set) => `"${AUTONOMOUS_SYSTEM}:${set}"`);
    return `[[vrfs]]
[vrfs.config]
name = "vrf${number}"
id = ${number + 1}
rd = "${AUTONOMOUS_SYSTEM + 1}:${number}"
import-rt-list = [${targets.join(", ")}]
export-rt-list = ["${AUTONOMOUS_SYSTEM}:${number}"]
`;
  });
  return vrfs.join("");
}

function frrConfiguration(): string {
  const each = (lines: (address: string) => string): string => CLIENTS.map(lines).join("");
  return `frr defaults traditional
router bgp ${AUTONOMOUS_SYSTEM}
 bgp router-id ${FRR}
 no bgp default ipv4-unicast
${each((address) => ` neighbor ${address} remote-as ${AUTONOMOUS_SYSTEM}\n neighbor ${address} passive\n neighbor ${address} update-source ${FRR}\n`)} address-family ipv4 vpn
${each((address) => `  neighbor ${address} activate\n  neighbor ${address} route-reflector-client\n`)} exit-address-family
`;
}

function birdConfiguration(): string {
  const protocols = CLIENTS.map(
    (address, index) => `protocol bgp client${index} {
  strict bind yes;
  local ${BIRD} port ${PORT} as ${AUTONOMOUS_SYSTEM};
  neighbor ${address} as ${AUTONOMOUS_SYSTEM};
  multihop;
  passive yes;
  rr client;
  hold time 180;
  vpn4 mpls { table vt; import all; export all; igp table master4; next hop keep; };
}
`,
  );
  return `router id ${BIRD};
ipv4 table master4;
vpn4 table vt;
${protocols.join("")}`;
}
