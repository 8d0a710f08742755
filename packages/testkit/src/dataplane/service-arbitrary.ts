import { AGENT_MAC, linkLocalOf, SERVICE_ADDRESSES, SERVICE_PORTS } from "@contrail/forwarding";
import { VROUTER_MAC } from "@contrail/net";
import fc from "fast-check";
import { type Ends, ethernet, icmp, inet, tcp, udp } from "./frames.ts";
import type { Step } from "./step.ts";
import { address, LOCALS, SERVICES } from "./world.ts";

/** What varies in a packet to or from a service. */
const choices = fc.record({
  local: fc.constantFrom(...LOCALS),
  protocol: fc.constantFrom<(6 | 17 | 1)[]>(6, 6, 17, 17, 1),
  dataBytes: fc.constantFrom(0, 1, 33, 300, 600, 1400, 1500),
  /** undefined: the right one. */
  checksum: fc.option(fc.oneof(fc.constantFrom(0, 0xffff, 0xfffe), fc.nat(0xffff)), { nil: undefined, freq: 1 }),
  fragment: fc.constantFrom({}, {}, {}, {}, {}, {}, { moreFragments: true }, { fragmentOffset: 4 }),
  options: fc.constantFrom(new Uint8Array(0), new Uint8Array(0), Uint8Array.from([1, 1, 1, 1])),
  ttl: fc.constantFrom(64, 64, 1, 0),
  trailer: fc.constantFrom(0, 0, 0, 6),
  port: fc.constantFrom(0, 1, 40_000, 65_535),
});

type Choices = typeof choices extends fc.Arbitrary<infer T> ? T : never;

const request: fc.Arbitrary<Step> = fc
  .tuple(
    choices,
    fc.constantFrom(80, 80, 8080, 53, 53, 22, 8097),
    fc.constantFrom(...Object.values(SERVICES), ...Object.values(SERVICES), address("10.5.0.1")),
    fc.constantFrom("own", "own", "own", "own", "own", "own", "own", "pair", "other"),
  )
  .map(([chosen, destinationPort, destination, who]) => {
    const { local } = chosen;
    const sources = { own: local.address, pair: address("10.9.0.5"), other: address("10.1.1.77") };
    const source = sources[who as keyof typeof sources]; // One of the names above.
    const packet = packetOf(chosen, { source, destination, sourcePort: chosen.port, destinationPort });
    const mac = who === "pair" ? local.mac + 0x100 : local.mac;
    const frame = ethernet(VROUTER_MAC, mac, 0x0800, packet);
    return { kind: "machine", about: `service/${who}`, interface: local.id, frame, offload: {} };
  });

const reply: fc.Arbitrary<Step> = fc
  .tuple(
    choices,
    fc.constantFrom(...Object.values(SERVICE_PORTS), ...Object.values(SERVICE_PORTS), 22),
    fc.constantFrom(...Object.values(SERVICE_ADDRESSES), ...Object.values(SERVICE_ADDRESSES), address("172.30.1.2")),
    fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 4000, 9000, -200),
  )
  .map(([chosen, sourcePort, source, beside]) => {
    const ends = {
      source,
      destination: linkLocalOf(chosen.local.id + beside),
      sourcePort,
      destinationPort: chosen.port,
    };
    const frame = ethernet(AGENT_MAC, AGENT_MAC, 0x0800, packetOf(chosen, ends));
    return { kind: "agent", about: "service/reply", frame };
  });

function packetOf(chosen: Choices, ends: Ends): Uint8Array {
  const { protocol, ttl, fragment, options } = chosen;
  const payload = payloadOf(chosen, ends);
  const packet = inet({ ...ends, protocol, payload, ttl, options, ...fragment });
  return Uint8Array.of(...packet, ...new Uint8Array(chosen.trailer));
}

function payloadOf({ protocol, dataBytes, checksum }: Choices, ends: Ends): Uint8Array {
  const data = new Uint8Array(dataBytes).fill(0x5a);
  if (protocol === 1) return icmp(8, 0, 1, data);
  const payload = protocol === 6 ? tcp(ends, 0x18, data) : udp(ends, data);
  if (checksum !== undefined) new DataView(payload.buffer).setUint16(protocol === 6 ? 16 : 6, checksum);
  return payload;
}

/** One packet between a machine and a service of the host. */
export const serviceStep: fc.Arbitrary<Step> = fc.oneof(request, reply);

/** Packets between machines and services of the host, good ones and others; several of one, for the limit. */
export const serviceSteps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(serviceStep, fc.constantFrom(1, 1, 1, 2, 30))
  .map(([step, times]) => Array.from({ length: times }, () => step));
