import { PROTOCOL_UDP } from "@contrail/forwarding";
import { parseMacAddress, VROUTER_MAC } from "@contrail/net";
import { address, arp, ethernet, type InetFields, inet, tunnelFrame, udp } from "@contrail/testkit/dataplane";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ebpfMissing, named } from "./ebpf-needs.ts";
import { eventually, type LabMode } from "./lab.ts";
import { FABRIC, type LabEngine, OverlayLab, script } from "./overlay-lab.ts";
import { hostAddress, MACHINES, type Machine, overlayTables } from "./overlay-tables.ts";
import { RawPort } from "./raw-port.ts";

const ROOT = process.getuid?.() === 0;
const LABS: readonly (readonly [LabEngine, LabMode])[] = [
  ["typescript", ROOT ? "root" : "user"],
  ["ebpf", "root"],
];
const [m11, m12, m21, m22] = MACHINES as readonly [Machine, Machine, Machine, Machine]; // There are four.
const GATEWAY = address("10.1.1.1");

let frames = 0;
/** A text that only one frame of this run carries. */
function freshText(): string {
  frames += 1;
  return `frame ${frames} of tenant-attacks;`;
}

const mac = (machine: Machine): number => parseMacAddress(machine.mac) ?? 0;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A datagram between two machines' addresses, unless the fields say otherwise. */
function datagram(text: string, fields: Partial<InetFields> = {}, ports: readonly [number, number] = [1111, 2222]) {
  const ends = { source: address(m11.address), destination: address(m21.address), ...fields };
  const [sourcePort, destinationPort] = ports;
  const payload = udp({ ...ends, sourcePort, destinationPort }, bytes(text));
  return inet({ ...ends, protocol: PROTOCOL_UDP, payload, ...fields });
}

function fromM11(packet: Uint8Array): Uint8Array {
  return ethernet(VROUTER_MAC, mac(m11), 0x0800, packet);
}

function tagged(frame: Uint8Array): Uint8Array {
  return Uint8Array.of(...frame.subarray(0, 12), 0x81, 0x00, 0x00, 0x05, ...frame.subarray(12));
}

/** A machine's own packet in the form of a tunnel's, towards an underlay address. */
function towards(underlay: string, text: string): Uint8Array {
  const inner = datagram(text, { source: address(m12.address) });
  const shim = Uint8Array.of(0, 1, 1, 64, ...inner);
  const ends = { source: address(m11.address), destination: address(underlay) };
  const payload = udp({ ...ends, sourcePort: 50_000, destinationPort: 6635 }, shim);
  return fromM11(inet({ ...ends, protocol: PROTOCOL_UDP, payload }));
}

const arpOf = (fields: Partial<Parameters<typeof arp>[0]>, text: string): Uint8Array => {
  const own = {
    frameSource: mac(m11),
    senderMac: mac(m11),
    sender: address(m11.address),
    target: address(m21.address),
  };
  return Uint8Array.of(...arp({ ...own, ...fields }), ...bytes(text));
};

type FrameOf = (text: string) => Uint8Array;
const FROM_MACHINE: readonly (readonly [what: string, reason: string, frame: FrameOf])[] = [
  ["a VLAN tag", "invalid_protocol", (text) => tagged(fromM11(datagram(text)))],
  ["IPv6", "invalid_protocol", (text) => ethernet(VROUTER_MAC, mac(m11), 0x86dd, bytes(text.padEnd(60)))],
  ["a foreign address", "invalid_source", (text) => fromM11(datagram(text, { source: address("10.1.1.99") }))],
  ["a foreign MAC", "invalid_source", (text) => ethernet(VROUTER_MAC, mac(m12), 0x0800, datagram(text))],
  ["a DHCP server's answer", "invalid_source", (text) => fromM11(datagram(text, {}, [67, 68]))],
  ["ARP in the gateway's name", "invalid_source", (text) => arpOf({ sender: GATEWAY }, text)],
  ["an ARP reply", "discard", (text) => arpOf({ operation: 2 }, text)],
  ["an announcement of its address", "discard", (text) => arpOf({ target: address(m11.address) }, text)],
  ["a tunnel packet to another host", "discard", (text) => towards(hostAddress(2), text)],
  ["a tunnel packet to its own host", "discard", (text) => towards(hostAddress(1), text)],
  ["a packet to loopback", "discard", (text) => fromM11(datagram(text, { destination: address("127.0.0.1") }))],
  ["multicast", "nowhere_to_go", (text) => fromM11(datagram(text, { destination: address("224.0.0.5") }))],
  ["a later fragment alone", "no_frag_entry", (text) => fromM11(datagram(text, { fragmentOffset: 100 }))],
  [
    "a first fragment without ports",
    "invalid_packet",
    (text) => fromM11(datagram(text, { protocol: 6, moreFragments: true, payload: bytes(text).subarray(0, 16) })),
  ],
  ["a length beyond the frame", "invalid_packet", (text) => fromM11(datagram(text)).subarray(0, 60)],
];

const tunnelTo = (text: string, fields: Partial<Parameters<typeof tunnelFrame>[0]> = {}, source = m21.address) => {
  const ends = { source: address(hostAddress(2)), destination: address(hostAddress(1)), label: m11.label, ...fields };
  return tunnelFrame(ends, datagram(text, { source: address(source), destination: address(m11.address) }));
};
const FROM_UNDERLAY: readonly (readonly [what: string, reason: string, frame: FrameOf])[] = [
  ["a stranger", "invalid_source", (text) => tunnelTo(text, { source: address("172.30.11.2") })],
  ["an end point under a label of nobody", "invalid_label", (text) => tunnelTo(text, { label: 999 })],
  ["an end point for an address without a route", "invalid_source", (text) => tunnelTo(text, {}, "10.7.7.7")],
];

describe.each(LABS)("the %s data plane", (engine, mode) => {
  const missing = engine === "ebpf" ? ebpfMissing : undefined;
  const it = test.skipIf(missing !== undefined);
  const title = (text: string): string => (engine === "ebpf" ? named(text) : text);
  let overlay: OverlayLab;
  const ports = new Map<string, RawPort>();
  const port = (name: string): RawPort => ports.get(name) ?? expect.unreachable(`no port ${name}`);

  beforeAll(async () => {
    if (missing !== undefined) return;
    overlay = await OverlayLab.open(mode, engine);
    for (const host of [1, 2] as const) await overlay.dataPlane(host).apply(overlayTables(host));
    for (const { name } of MACHINES) ports.set(name, await RawPort.open(overlay.lab, name, "eth0"));
    ports.set("underlay", await RawPort.open(overlay.lab, FABRIC, "host1"));
  });

  afterAll(async () => {
    await overlay?.close();
    ports.clear();
  });

  const count = async (reason: string): Promise<number> =>
    new Map<string, number>(await overlay.dataPlane(1).drops()).get(reason) ?? 0;

  /** A frame is dropped for the reason, and, when a later good one has arrived, nobody has seen it. */
  async function expectDropped(from: RawPort, frameOf: FrameOf, reason: string): Promise<void> {
    const [bad, good] = [freshText(), freshText()];
    const before = await count(reason);
    from.send(frameOf(bad));
    from.send(from === port("underlay") ? tunnelTo(good) : fromM11(datagram(good)));
    const arrival = port(from === port("underlay") ? m11.name : m21.name);
    await eventually("the good frame arrives", async () => arrival.received(good).length === 1);
    await eventually(`${reason} is counted`, async () => (await count(reason)) > before);
    for (const [name, other] of ports) expect([name, other.received(bad).length]).toEqual([name, 0]);
  }

  it.each(FROM_MACHINE)(`${title("from a machine %s goes nowhere, counted as %s")}`, async (_what, reason, frameOf) => {
    await expectDropped(port(m11.name), frameOf, reason);
  });

  it.each(FROM_UNDERLAY)(`${title("a tunnel packet of %s is dropped as %s")}`, async (_what, reason, frameOf) => {
    await expectDropped(port("underlay"), frameOf, reason);
  });

  it(title("a tunnel packet with a VLAN tag is not for the overlay"), async () => {
    const [bad, good] = [freshText(), freshText()];
    port("underlay").send(tagged(tunnelTo(bad)));
    port("underlay").send(tunnelTo(good));
    await eventually("the good frame arrives", async () => port(m11.name).received(good).length === 1);
    expect(port(m11.name).received(bad)).toHaveLength(0);
  });

  it(title("4,000 bytes cross the underlay in fragments, both ways"), async () => {
    const { output } = await overlay.lab.run(m11.name, "ping", "-c", "3", "-i", "0.2", "-s", "4000", m21.address);
    expect(output).toMatch(/3 received/);
  });

  it(title("a closed port's ICMP error comes back to the sender"), async () => {
    const program = `const s = require("dgram").createSocket("udp4");
      s.on("error", (e) => { console.log(e.code); process.exit(); });
      s.connect(9, "${m22.address}", () => s.send("x"));
      setTimeout(() => process.exit(), 5000);`;
    expect(await overlay.lab.must(m11.name, process.execPath, "-e", program)).toBe("ECONNREFUSED\n");
  });

  it(title("a flood of flows from one machine does not end another one's connection"), async () => {
    const sink = overlay.lab.start(m22.name, process.execPath, script("tcp-peer.ts"), "sink", "8080");
    let heard = "";
    sink.stdout?.on("data", (chunk: Buffer) => {
      heard += String(chunk);
    });
    await eventually("the sink listens", async () => heard.includes("listening"));
    const source = [process.execPath, script("tcp-peer.ts"), "source", m22.address, "8080", "20000000"];
    const sent = overlay.lab.must(m12.name, ...source);
    const [last, text] = [freshText(), freshText()];
    for (let index = 0; index < 40_000; index++) {
      port(m11.name).send(fromM11(datagram(text, {}, [1 + (index % 60_000), 7])));
    }
    const digest = (await sent).trim();
    await eventually("the sink has it all", async () => heard.includes(digest));
    await eventually("the flood is over", async () => {
      port(m11.name).send(fromM11(datagram(last)));
      return port(m21.name).received(last).length > 0;
    });
    const flows = await overlay.dataPlane(1).flows();
    expect(flows.length).toBeLessThanOrEqual(65_536 + 2_000);
  });
});
