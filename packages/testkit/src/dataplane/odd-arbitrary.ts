import { encodePunt } from "@contrail/forwarding";
import { BROADCAST_MAC, VROUTER_MAC } from "@contrail/net";
import fc from "fast-check";
import { arp, ethernet, inet, tunnelFrame, udp } from "./frames.ts";
import { packetChoices, packetOf } from "./packet-arbitrary.ts";
import { serviceStep } from "./service-arbitrary.ts";
import type { Step } from "./step.ts";
import {
  address,
  LOCAL_HOST,
  LOCALS,
  ODD_DESTINATIONS,
  ODD_LABELS,
  REMOTE_HOSTS,
  REMOTES,
  STRANGER_HOST,
} from "./world.ts";

const anyLocal = fc.constantFrom(...LOCALS);
const remote = REMOTES[0]?.address ?? 0;

/** Packets to every special destination. */
const oddDestination: fc.Arbitrary<Step> = fc
  .tuple(
    anyLocal,
    packetChoices,
    fc.constantFrom(
      ...Object.values(ODD_DESTINATIONS),
      ...Array.from({ length: 5 }, () => ODD_DESTINATIONS.punt),
      address("224.0.0.1"),
      0xffffffff,
      address("0.1.2.3"),
    ),
  )
  .map(([from, choices, destination]) =>
    machine(
      "odd-destination",
      from.id,
      ethernet(VROUTER_MAC, from.mac, 0x0800, packetOf(choices, { source: from.address, destination }, false)),
    ),
  );

/** To oneself, from a foreign address, from a foreign MAC, from an allowed prefix, from no interface. */
const oddSource: fc.Arbitrary<Step> = fc
  .tuple(anyLocal, packetChoices, fc.constantFrom("loop", "address", "mac", "prefix", "prefix-mac", "interface"))
  .map(([from, choices, what]) => {
    const source = { address: address("10.1.1.99"), prefix: address("10.9.0.5"), "prefix-mac": address("10.9.0.5") };
    const pair = {
      source: source[what as keyof typeof source] ?? from.address, // A kind without an address of its own uses the usual one.
      destination: what === "loop" ? from.address : remote,
    };
    const mac = what === "mac" ? from.mac + 1 : what === "prefix" ? from.mac + 0x100 : from.mac;
    const frame = ethernet(VROUTER_MAC, mac, 0x0800, packetOf(choices, pair, false));
    return machine(`odd-source/${what}`, what === "interface" ? 4001 : from.id, frame);
  });

const arpStep: fc.Arbitrary<Step> = fc
  .tuple(
    anyLocal,
    fc.constantFrom("ask", "ask", "probe", "own", "announce", "reply", "spoof", "mac", "no-route", "short", "form"),
  )
  .map(([from, what]) => {
    const targets = new Map([
      ["own", from.address],
      ["announce", from.address],
      ["no-route", ODD_DESTINATIONS.noRoute],
    ]);
    const senders = new Map([
      ["probe", 0],
      ["own", address("10.9.0.5")],
      ["spoof", address("10.1.1.98")],
    ]);
    const target = targets.get(what) ?? remote;
    const sender = senders.get(what) ?? from.address;
    const own = what === "own" ? from.mac + 0x100 : from.mac;
    const frame = arp({
      frameSource: own,
      senderMac: what === "mac" ? own + 1 : own,
      sender,
      target,
      operation: what === "reply" ? 2 : 1,
    });
    if (what === "form") frame[15] = 6;
    return machine(`arp/${what}`, from.id, what === "short" ? frame.subarray(0, 41) : frame);
  });

const dhcp: fc.Arbitrary<Step> = fc
  .tuple(anyLocal, fc.constantFrom("client", "client", "spoofed", "server"))
  .map(([from, what]) => {
    const client = { source: 0, destination: 0xffffffff, sourcePort: 68, destinationPort: 67 };
    const server = { source: from.address, destination: remote, sourcePort: 67, destinationPort: 68 };
    const ends = what === "server" ? server : client;
    const packet = inet({ ...ends, protocol: 17, payload: udp(ends, new Uint8Array(240)) });
    return machine(
      `dhcp/${what}`,
      from.id,
      ethernet(BROADCAST_MAC, from.mac + (what === "spoofed" ? 1 : 0), 0x0800, packet),
    );
  });

const oddTunnel: fc.Arbitrary<Step> = fc
  .tuple(
    anyLocal,
    packetChoices,
    fc.constantFrom(
      "label",
      "bottom",
      "short",
      "stranger",
      "port",
      "old-port",
      "elsewhere",
      "fragment",
      "inner",
      "source",
    ),
    fc.constantFrom(...Object.values(ODD_LABELS)),
  )
  .map(([to, choices, what, label]) => {
    const pair = { source: what === "source" ? ODD_DESTINATIONS.noRoute : remote, destination: to.address };
    const inner = packetOf(choices, pair, false);
    if (what === "inner") inner[0] = 0x60 + ((inner[0] ?? 0) & 15);
    const frame = tunnelFrame(
      {
        source: what === "stranger" ? STRANGER_HOST : (REMOTE_HOSTS[0] ?? 0),
        destination: what === "elsewhere" ? STRANGER_HOST : LOCAL_HOST,
        label: what === "label" ? label : to.label,
        bottom: what !== "bottom",
        port: what === "port" ? 53 : what === "old-port" ? 51_234 : 6635,
        outer: what === "fragment" ? { moreFragments: true } : {},
      },
      inner,
    );
    return { kind: "underlay", about: `odd-tunnel/${what}`, frame: what === "short" ? frame.subarray(0, 45) : frame };
  });

const agentStep: fc.Arbitrary<Step> = fc
  .tuple(anyLocal, fc.constantFrom("good", "good", "reason", "interface", "short", "version"))
  .map(([to, what]) => {
    const head = { reason: what === "reason" ? 1 : 128, interface: what === "interface" ? 4002 : to.id, vrf: to.vrf };
    const frame = encodePunt(head, ethernet(to.mac, VROUTER_MAC, 0x0800, new Uint8Array(what === "short" ? 0 : 40)));
    if (what === "version") frame[14] = 2;
    return { kind: "agent", about: `agent/${what}`, frame: what === "short" ? frame.subarray(0, 35) : frame };
  });

const otherProtocol: fc.Arbitrary<Step> = fc
  .tuple(anyLocal, fc.constantFrom(0x86dd, 0x8100, 0x0000, 0x88b5), fc.constantFrom(0, 46))
  .map(([from, type, length]) =>
    machine("other-protocol", from.id, ethernet(VROUTER_MAC, from.mac, type, new Uint8Array(length))),
  );

/** Good frames with some bytes changed, or cut. */
const mutated: fc.Arbitrary<Step> = fc
  .tuple(
    fc.oneof(arpStep, dhcp, oddDestination, oddTunnel, agentStep, goodPacket(), serviceStep),
    fc.array(fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 255 })), { maxLength: 4 }),
    fc.option(fc.nat({ max: 80 })),
  )
  .map(([step, changes, cut]) => {
    if (step.kind === "apply") return step;
    const frame = step.frame.slice(0, cut ?? step.frame.length);
    for (const [offset, value] of changes) if (offset < frame.length) frame[offset] = value;
    return { ...step, about: `mutated/${step.kind}`, frame };
  });

function goodPacket(): fc.Arbitrary<Step> {
  return fc.tuple(anyLocal, packetChoices).map(([from, choices]) => {
    const packet = packetOf(choices, { source: from.address, destination: remote }, false);
    return machine("plain", from.id, ethernet(VROUTER_MAC, from.mac, 0x0800, packet));
  });
}

function machine(about: string, id: number, frame: Uint8Array): Step {
  return { kind: "machine", about, interface: id, frame, offload: {} };
}

/** Whatever is not a conversation: each a step by itself, or a few of the same. */
export const oddSteps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: oddDestination },
      { weight: 3, arbitrary: oddSource },
      { weight: 3, arbitrary: arpStep },
      { weight: 2, arbitrary: dhcp },
      { weight: 4, arbitrary: oddTunnel },
      { weight: 1, arbitrary: agentStep },
      { weight: 1, arbitrary: otherProtocol },
      { weight: 4, arbitrary: mutated },
    ),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([step, times]) => Array.from({ length: times }, () => step));
