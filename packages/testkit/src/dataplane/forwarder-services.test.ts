import {
  AGENT_MAC,
  createForwarder,
  decodePunt,
  type Forwarder,
  linkLocalOf,
  type Outcome,
  SERVICE_ADDRESSES,
  SERVICE_PORTS,
} from "@contrail/forwarding";
import { readMacAddress, VROUTER_MAC } from "@contrail/net";
import { beforeEach, describe, expect, test } from "vitest";
import { type Ends, ethernet, inet, tcp, transportChecksum, udp } from "./frames.ts";
import { LOCALS, type Local, SERVICES, worldTables } from "./world.ts";

const [first, , twin] = LOCALS;
if (first === undefined || twin === undefined) throw new Error("the world is empty");
const SETTINGS = { underlayMtuBytes: 1500, puntDevice: "pkt0", puntsPerSecond: 2, flowsPerInterface: 10 };

let forwarder: Forwarder;
beforeEach(() => {
  forwarder = createForwarder();
  forwarder.apply(worldTables({ settings: SETTINGS, locals: [], groupSets: [], acls: [] }));
});

function segment(protocol: 6 | 17, ends: Ends, data = new Uint8Array(9)): Uint8Array {
  return inet({ ...ends, protocol, payload: protocol === 6 ? tcp(ends, 0x18, data) : udp(ends, data), ttl: 1 });
}

function ask(local: Local, protocol: 6 | 17, destination: number, destinationPort: number, nowNs = 1n): Outcome {
  const packet = segment(protocol, { source: local.address, destination, sourcePort: 40_000, destinationPort });
  return forwarder.fromMachine(local.id, ethernet(VROUTER_MAC, local.mac, 0x0800, packet), nowNs);
}

function reply(local: Local, protocol: 6 | 17, source: number, sourcePort: number, dataBytes = 9): Outcome {
  const ends = { source, destination: linkLocalOf(local.id), sourcePort, destinationPort: 40_000 };
  return forwarder.fromAgent(
    ethernet(AGENT_MAC, AGENT_MAC, 0x0800, segment(protocol, ends, new Uint8Array(dataBytes))),
  );
}

/** Ends, TTL, and whether both checksums are right. */
function read(frame: Uint8Array): Ends & { readonly ttl: number; readonly right: boolean } {
  const view = new DataView(frame.buffer, frame.byteOffset + 14);
  const ends = { source: view.getUint32(12), destination: view.getUint32(16) };
  const payload = frame.subarray(34);
  const header = inet({ ...ends, protocol: view.getUint8(9), payload, ttl: view.getUint8(8) });
  const right =
    Buffer.from(header).equals(frame.subarray(14)) && transportChecksum(ends, view.getUint8(9), payload) === 0;
  return { ...ends, sourcePort: view.getUint16(20), destinationPort: view.getUint16(22), ttl: view.getUint8(8), right };
}

function only(outcome: Outcome): Uint8Array {
  expect(outcome.drop).toBeUndefined();
  const [output] = outcome.outputs;
  return output === undefined || output.kind === "underlay" ? new Uint8Array(0) : output.frame;
}

const WAYS = [
  ["metadata", 6, 80, "metadata"],
  ["gateway", 6, 80, "metadata"],
  ["gateway", 6, 8080, "password"],
  ["nameServer", 6, 53, "names"],
  ["nameServer", 17, 53, "names"],
] as const;

describe.each(WAYS)("a machine that asks its %s by protocol %i and port %i", (where, protocol, port, service) => {
  test("reaches the host's socket from an address of its interface's own, and the TTL does not count", () => {
    const frame = only(ask(first, protocol, SERVICES[where], port));
    expect(readMacAddress(frame, 0)).toBe(AGENT_MAC);
    expect(read(frame)).toEqual({
      source: linkLocalOf(first.id),
      destination: SERVICE_ADDRESSES[where],
      sourcePort: 40_000,
      destinationPort: SERVICE_PORTS[service],
      ttl: 1,
      right: true,
    });
    expect(forwarder.flows()).toEqual([]);
  });

  test("hears the answer from where it asked", () => {
    const outcome = reply(first, protocol, SERVICE_ADDRESSES[where], SERVICE_PORTS[service]);
    expect(outcome.outputs[0]).toMatchObject({ kind: "interface", interface: first.id });
    const frame = only(outcome);
    expect([readMacAddress(frame, 0), readMacAddress(frame, 6)]).toEqual([first.mac, VROUTER_MAC]);
    expect(read(frame)).toEqual({
      source: SERVICES[where],
      destination: first.address,
      sourcePort: port,
      destinationPort: 40_000,
      ttl: 1,
      right: true,
    });
  });
});

test("machines with one address in two networks are two addresses to the host", () => {
  expect(twin.address).toBe(first.address);
  const sources = [first, twin].map((local) => read(only(ask(local, 6, SERVICES.metadata, 80))).source);
  expect(sources).toEqual([linkLocalOf(first.id), linkLocalOf(twin.id)]);
});

test.each([
  ["another port", 6, SERVICES.metadata, 22],
  ["the port of the host's socket", 6, SERVICES.metadata, SERVICE_PORTS.metadata],
  ["metadata by UDP", 17, SERVICES.metadata, 80],
] as const)("%s is no service: the agent gets the frame", (_what, protocol, destination, port) => {
  expect(decodePunt(only(ask(first, protocol, destination, port)))?.head.reason).toBe(2);
});

test("an interface asks twenty times as often as it may punt, and not more", () => {
  const outcomes = Array.from({ length: 50 }, () => ask(first, 6, SERVICES.metadata, 80));
  expect(outcomes.filter(({ outputs }) => outputs.length === 1)).toHaveLength(40);
  expect(outcomes.at(-1)?.drop).toBe("trap_original");
  expect(ask(twin, 6, SERVICES.metadata, 80).drop).toBeUndefined();
  expect(decodePunt(only(ask(first, 6, SERVICES.metadata, 22)))?.head.reason).toBe(2);
  expect(ask(first, 6, SERVICES.metadata, 80, 2_000_000_000n).drop).toBeUndefined();
});

test("a frame of the host's sockets that is no answer of a service is dropped", () => {
  const { metadata } = SERVICE_ADDRESSES;
  expect(reply(first, 6, metadata, 22).drop).toBe("invalid_packet");
  expect(reply(first, 17, metadata, SERVICE_PORTS.metadata).drop).toBe("invalid_packet");
  expect(reply(first, 6, SERVICES.gateway, SERVICE_PORTS.metadata).drop).toBe("invalid_packet");
  expect(reply({ ...first, id: 4_001 }, 6, metadata, SERVICE_PORTS.metadata).drop).toBe("invalid_if");
  expect(reply({ ...first, id: 8_000 }, 6, metadata, SERVICE_PORTS.metadata).drop).toBe("invalid_if");
  expect(reply(first, 6, metadata, SERVICE_PORTS.metadata, 1_500).drop).toBe("frag_err");
});
