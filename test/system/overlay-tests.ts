import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type EmbeddedSystem,
  inNamespace,
  type MachineState,
  NamespaceProbe,
  withReason,
} from "@contrail/testkit/embedded";
import { expect, test } from "vitest";
import type { SystemUnderTest } from "./running-system.ts";

const NETWORK = ["default-domain", "default-project", "overlay"];
const FLOWS = 8;
const MPLS_IN_UDP = "6635";
/** Fields of a packet; those of nested headers come as outer,inner. */
const FIELDS = [
  "udp.srcport",
  "udp.dstport",
  "mpls.label",
  "mpls.bottom",
  "ip.src",
  "ip.dst",
  "ip.ttl",
  "frame.protocols",
];
const TSHARK = "/usr/bin/tshark";

/** What a stranger, tshark, sees on the underlay. */
export function overlayTests({ missing, system }: SystemUnderTest): void {
  const reason = missing ?? (existsSync(TSHARK) ? undefined : "needs tshark");
  test.skipIf(reason !== undefined)(
    withReason("tshark decodes each packet between hosts as MPLS in UDP with a source port by flow", reason),
    async () => {
      const directory = mkdtempSync("/tmp/contrail-overlay-");
      const machines = await makeMachines(system());
      try {
        const file = join(directory, "underlay.pcap");
        await capture(file, () => sendFlows(machines));
        const packets = dissect(file, `udp.dstport == ${MPLS_IN_UDP}`);
        const [from, to] = machines;
        expect(packets.length).toBeGreaterThanOrEqual(FLOWS);
        for (const packet of packets) {
          expect(packet["frame.protocols"]).toMatch(/^eth:ethertype:ip:udp:mpls:ip:udp/);
          expect(packet).toMatchObject({
            "ip.src": `172.30.1.2,${from.address}`,
            "ip.dst": `172.30.2.2,${to.address}`,
          });
          // One router on the underlay; inside a network the TTL of the machine's packet is not touched.
          expect(packet["ip.ttl"]).toBe("63,64");
          expect(Number(packet["mpls.label"])).toBeGreaterThanOrEqual(16);
          expect(["1", "True"]).toContain(packet["mpls.bottom"]);
        }
        const outer = new Map(packets.map((packet) => [inner(packet["udp.srcport"]), first(packet["udp.srcport"])]));
        expect(outer.size).toBe(FLOWS);
        expect(new Set(outer.values()).size).toBeGreaterThan(FLOWS / 2);
        // Every packet of a flow has the same source port, or packets would be reordered on the way.
        for (const packet of packets)
          expect(first(packet["udp.srcport"])).toBe(outer.get(inner(packet["udp.srcport"])));
        for (const port of outer.values()) expect(Number(port)).toBeGreaterThanOrEqual(49_152);
        expect(dissect(file, "_ws.malformed")).toEqual([]);
      } finally {
        for (const { name } of machines) await system().removeMachine(name);
        rmSync(directory, { recursive: true });
      }
    },
  );
}

type Packet = Readonly<Record<string, string>>;

async function makeMachines(system: EmbeddedSystem): Promise<readonly [MachineState, MachineState]> {
  const ipam = ["default-domain", "default-project", "default-network-ipam"];
  const subnet = { ip_prefix: "10.5.1.0", ip_prefix_len: 24 };
  await system.vnc.ensure("virtual-network", {
    fq_name: NETWORK,
    parent_type: "project",
    network_ipam_refs: [{ to: ipam, attr: { ipam_subnets: [{ subnet, addr_from_start: true }] } }],
  });
  const network = NETWORK.join(":");
  return Promise.all([
    system.addMachine({ name: "w1", network, host: "host1" }),
    system.addMachine({ name: "w2", network, host: "host2" }),
  ]);
}

/** Several flows of UDP, each from a source port of its own. */
async function sendFlows([from, to]: readonly [MachineState, MachineState]): Promise<void> {
  const receiver = await NamespaceProbe.start(to.namespace, ["udp-receive", 6_100]);
  const senders = await Promise.all(
    Array.from({ length: FLOWS }, () => NamespaceProbe.start(from.namespace, ["udp-send", to.address, 6_100, 50])),
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const sender of senders) await sender.finish();
  await receiver.finish();
}

/** Records UDP on host2's side of the underlay while something happens. */
async function capture(file: string, happens: () => Promise<void>): Promise<void> {
  const [command = "", ...args] = inNamespace("oc-host2", [TSHARK, "-i", "eth0", "-f", "udp", "-w", file]);
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        if (text.includes("Capturing on")) resolve();
      });
      child.once("exit", () => reject(new Error("tshark ended before it captured")));
    });
    await happens();
  } finally {
    child.kill("SIGINT");
    await ended;
  }
}

function dissect(file: string, filter: string): readonly Packet[] {
  const fields = FIELDS.flatMap((field) => ["-e", field]);
  const text = execFileSync(TSHARK, ["-r", file, "-Y", filter, "-T", "fields", ...fields], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => Object.fromEntries(line.split("\t").map((value, index) => [FIELDS[index] ?? "", value])));
}

function first(pair: string | undefined): string {
  return pair?.split(",")[0] ?? "";
}

function inner(pair: string | undefined): string {
  return pair?.split(",")[1] ?? "";
}
