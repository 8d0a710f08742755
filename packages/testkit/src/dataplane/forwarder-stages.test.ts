import { createForwarder, decodePunt, type Forwarder, type Outcome } from "@contrail/forwarding";
import { VROUTER_MAC } from "@contrail/net";
import { beforeEach, expect, test } from "vitest";
import { arp, ethernet, type InetFields, icmp, inet, tunnelFrame, udp } from "./frames.ts";
import { icmpErrorAbout } from "./packet-arbitrary.ts";
import { address, LOCAL_HOST, LOCALS, ODD_DESTINATIONS, REMOTE_HOSTS, REMOTES, worldTables } from "./world.ts";

const [first, second] = LOCALS;
const [sameNetwork, , otherNetwork] = REMOTES;
if (first === undefined || second === undefined || sameNetwork === undefined || otherNetwork === undefined)
  throw new Error("the world is empty");
const SETTINGS = { underlayMtuBytes: 1500, puntDevice: "pkt0", puntsPerSecond: 2, flowsPerInterface: 10 };

let forwarder: Forwarder;
beforeEach(() => {
  forwarder = createForwarder();
  forwarder.apply(worldTables({ settings: SETTINGS, locals: [], groupSets: [], acls: [] }));
});

function sendPacket(packet: Uint8Array): Outcome {
  return forwarder.fromMachine(1, ethernet(VROUTER_MAC, first?.mac ?? 0, 0x0800, packet), 1n);
}

function datagram(destination: number, dataBytes = 10, fields: Partial<InetFields> = {}): Uint8Array {
  const ends = { source: first?.address ?? 0, destination, sourcePort: 5000, destinationPort: 53 };
  return inet({ ...ends, protocol: 17, payload: udp(ends, new Uint8Array(dataBytes)), ...fields });
}

function puntReason(outcome: Outcome): number | undefined {
  const [output] = outcome.outputs;
  return output?.kind === "punt" ? decodePunt(output.frame)?.head.reason : undefined;
}

test("an ARP request for a reachable address is answered with the vRouter's MAC, in kind", () => {
  const request = { frameSource: first.mac, senderMac: first.mac, sender: first.address, target: second.address };
  const [output] = forwarder.fromMachine(1, arp(request), 1n).outputs;
  const reply = output?.kind === "interface" ? Buffer.from(output.frame).toString("hex") : "";
  expect(reply).toBe(
    "02000000100100005e0001000806" + "0001080006040002" + "00005e0001000a010104" + "0200000010010a010103",
  );
});

test("inside a subnet the TTL stays, to another network it falls", () => {
  const ttl = (outcome: Outcome): number | undefined => {
    const [output] = outcome.outputs;
    return output?.kind === "underlay" ? output.packet[32 + 8] : undefined;
  };
  expect(ttl(sendPacket(datagram(sameNetwork.address)))).toBe(64);
  expect(ttl(sendPacket(datagram(otherNetwork.address)))).toBe(63);
});

test("a TTL that ends is told to the agent with the frame as it came", () => {
  const packet = datagram(otherNetwork.address, 10, { ttl: 1 });
  const outcome = sendPacket(packet);
  expect(outcome.drop).toBe("ttl_exceeded");
  const [output] = outcome.outputs;
  const punted = output?.kind === "punt" ? decodePunt(output.frame) : undefined;
  expect(punted?.head).toEqual({ reason: 3, interface: 1, vrf: 1 });
  expect(Buffer.from(punted?.frame.subarray(14) ?? []).equals(packet)).toBe(true);
  expect(sendPacket(datagram(sameNetwork.address, 10, { ttl: 1 })).drop).toBeUndefined();
});

test.each([
  [1440, undefined, undefined],
  [1441, "frag_err", undefined],
])("a datagram of %i bytes over the tunnel: %s", (dataBytes, drop, reason) => {
  const outcome = sendPacket(datagram(sameNetwork.address, dataBytes));
  expect([outcome.drop, puntReason(outcome)]).toEqual([drop, reason]);
});

test("with DF set the agent is told, twice a second at most, and every drop is counted", () => {
  const outcomes = [1, 2, 3].map(() => sendPacket(datagram(sameNetwork.address, 1441, { dontFragment: true })));
  expect(outcomes.map(puntReason)).toEqual([4, 4, undefined]);
  expect(forwarder.drops().get("frag_err")).toBe(3);
});

test("later fragments follow the first, and are dropped without it", () => {
  const whole = datagram(sameNetwork.address, 100).subarray(20);
  const fragment = (fields: Partial<InetFields>, payload: Uint8Array): Uint8Array =>
    datagram(sameNetwork.address, 0, { identification: 7, payload, ...fields });
  const later = fragment({ fragmentOffset: 8 }, whole.subarray(64));
  expect(sendPacket(later).drop).toBe("no_frag_entry");
  expect(sendPacket(fragment({ moreFragments: true }, whole.subarray(0, 64))).drop).toBeUndefined();
  expect(sendPacket(later).drop).toBeUndefined();
  expect(forwarder.flows().find(({ reverse }) => !reverse)?.packets).toBe(2);
});

test("an ICMP error passes with the flow that it is about, uncounted, and not without", () => {
  const sent = datagram(sameNetwork.address);
  const error = icmpErrorAbout(sent, sameNetwork.address, first.address, 3);
  const tunnel = { source: REMOTE_HOSTS[0] ?? 0, destination: LOCAL_HOST, label: first.label };
  const receive = (): Outcome => forwarder.fromUnderlay(tunnelFrame(tunnel, error), 1n);
  expect(receive().drop).toBe("icmp_error");
  sendPacket(sent);
  expect(receive().outputs).toHaveLength(1);
  expect(forwarder.flows().reduce((sum, { packets }) => sum + packets, 0)).toBe(1);
});

test("an ICMP error that quotes somebody else's packet is no key to a flow", () => {
  const quoted = datagram(sameNetwork.address).slice();
  quoted.set([10, 1, 1, 99], 12);
  sendPacket(icmpErrorAbout(quoted, first.address, sameNetwork.address, 3));
  expect(forwarder.flows().every(({ key }) => key.protocol === 1 && key.sourcePort === 0)).toBe(true);
});

test("a flow keeps its ecmp member when members are added, and gets another when its place is gone", () => {
  const tunnel = (outcome: Outcome): string => {
    const [output] = outcome.outputs;
    return output?.kind === "underlay" ? Buffer.from(output.packet.subarray(28, 32)).toString("hex") : "";
  };
  const members = (count: number) =>
    forwarder.apply([
      {
        kind: "next-hop",
        row: {
          id: 10,
          action: { kind: "ecmp", members: Array.from({ length: count }, (_, n) => ({ nextHop: 2, label: 100 + n })) },
        },
      },
    ]);
  members(3);
  const before = tunnel(sendPacket(datagram(ODD_DESTINATIONS.ecmp)));
  members(16);
  expect(tunnel(sendPacket(datagram(ODD_DESTINATIONS.ecmp)))).toBe(before);
  members(1);
  expect(tunnel(sendPacket(datagram(ODD_DESTINATIONS.ecmp)))).toBe("00064140");
});

test("a machine is no DHCP server", () => {
  const ends = { source: first.address, destination: second.address, sourcePort: 67, destinationPort: 68 };
  expect(sendPacket(inet({ ...ends, protocol: 17, payload: udp(ends, new Uint8Array(240)) })).drop).toBe(
    "invalid_source",
  );
});

test("a frame with a VLAN tag is no protocol of ours", () => {
  const tagged = ethernet(VROUTER_MAC, first.mac, 0x8100, new Uint8Array(60));
  expect(forwarder.fromMachine(1, tagged, 1n).drop).toBe("invalid_protocol");
});

test("echo from a foreign address is an invalid source, and to multicast goes nowhere", () => {
  const echo = icmp(8, 0, 1, new Uint8Array(8));
  const from = (source: number, destination: number): Uint8Array =>
    inet({ source, destination, protocol: 1, payload: echo });
  expect(sendPacket(from(address("10.1.1.99"), second.address)).drop).toBe("invalid_source");
  expect(sendPacket(from(first.address, address("239.1.1.1"))).drop).toBe("nowhere_to_go");
});
