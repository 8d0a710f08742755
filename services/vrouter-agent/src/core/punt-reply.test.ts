import { internetChecksum, PUNT_REASON } from "@contrail/forwarding";
import { formatInetAddress } from "@contrail/net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { activeMachine } from "./agent-world.model.ts";
import { clientFrame, clientMessage } from "./dhcp-frames.model.ts";
import { DHCP_TYPE } from "./dhcp-message.ts";
import { replyToPunt } from "./punt-reply.ts";

const PORT = activeMachine();
const MTU = 1_450;

function reply(reason: number, frame: Uint8Array): Uint8Array | undefined {
  return replyToPunt({ reason, interface: 1, vrf: 1 }, frame, PORT, MTU);
}

/** An IPv4 frame of the machine. */
function packet(
  protocol: number,
  payload: readonly number[],
  destination: readonly number[] = [10, 0, 0, 1],
): Uint8Array {
  const length = 20 + payload.length;
  return Uint8Array.of(
    ...[0, 0, 0x5e, 0, 1, 0, 2, 0, 0, 0, 0, 0, 8, 0],
    ...[0x45, 0, length >> 8, length & 255, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 3, ...destination],
    ...payload,
  );
}

function fields(frame: Uint8Array | undefined) {
  if (frame === undefined) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset);
  return {
    toMac: Buffer.from(frame.subarray(0, 6)).toString("hex"),
    source: formatInetAddress(view.getUint32(26)),
    destination: formatInetAddress(view.getUint32(30)),
    protocol: frame[23],
    headerSum: internetChecksum(frame, 14, 20),
    bytes: frame.length - 14 - view.getUint16(16),
    payload: frame.subarray(34),
  };
}

describe("DHCP", () => {
  test("an offer goes to the machine's MAC, from the gateway, to all hosts", () => {
    const offer = fields(reply(PUNT_REASON.dhcp, clientFrame(clientMessage(DHCP_TYPE.discover))));
    expect(offer).toMatchObject({
      toMac: "020000000000",
      source: "10.0.0.1",
      destination: "255.255.255.255",
      protocol: 17,
      headerSum: 0,
      bytes: 0,
    });
    expect([...(offer?.payload.subarray(0, 4) ?? [])]).toEqual([0, 67, 0, 68]);
  });

  test("the broadcast flag is honoured; a client that has its address is answered there", () => {
    const flagged = clientMessage(DHCP_TYPE.discover);
    flagged[10] = 0x80;
    expect(fields(reply(PUNT_REASON.dhcp, clientFrame(flagged)))?.toMac).toBe("ffffffffffff");
    const renewing = clientMessage(DHCP_TYPE.request);
    renewing.set([10, 0, 0, 3], 12);
    expect(fields(reply(PUNT_REASON.dhcp, clientFrame(renewing)))?.destination).toBe("10.0.0.3");
  });

  test("a client that is not the interface's machine gets silence", () => {
    const foreign = clientMessage(DHCP_TYPE.discover);
    foreign[33] = 9;
    expect(reply(PUNT_REASON.dhcp, clientFrame(foreign))).toBeUndefined();
  });
});

describe("ping of the gateway", () => {
  test("is answered with its own data and a right checksum", () => {
    const echo = [8, 0, 0, 0, 0x12, 0x34, 0, 1, 1, 2, 3];
    const answer = fields(reply(PUNT_REASON.nexthop, packet(1, echo)));
    expect(answer).toMatchObject({ source: "10.0.0.1", destination: "10.0.0.3", protocol: 1, headerSum: 0, bytes: 0 });
    const icmp = answer?.payload ?? new Uint8Array();
    expect([icmp[0], ...icmp.subarray(4)]).toEqual([0, 0x12, 0x34, 0, 1, 1, 2, 3]);
    expect(internetChecksum(icmp.slice(), 0, icmp.length)).toBe(0);
  });

  test("is not answered with what stands behind its length", () => {
    const padded = Uint8Array.of(...packet(1, [8, 0, 0, 0, 0, 1, 0, 1]), 0xaa, 0xbb);
    expect(reply(PUNT_REASON.nexthop, padded)).toHaveLength(14 + 20 + 8);
  });

  test("anything else to the gateway gets silence", () => {
    expect(reply(PUNT_REASON.nexthop, packet(1, [0, 0, 0, 0, 0, 1, 0, 1]))).toBeUndefined();
    expect(reply(PUNT_REASON.nexthop, packet(17, [0, 53, 0, 53, 0, 8, 0, 0]))).toBeUndefined();
  });
});

describe("ICMP errors", () => {
  test.each<[string, number, readonly number[]]>([
    ["time exceeded", PUNT_REASON.zeroTtl, [11, 0, 0, 0]],
    ["fragmentation needed, with the MTU", PUNT_REASON.handleDf, [3, 4, MTU >> 8, MTU & 255]],
  ])("%s: from the gateway, with header and 8 octets of the packet", (_what, reason, [type, code, high, low]) => {
    const udp = packet(
      17,
      Array.from({ length: 64 }, (_, index) => index),
      [8, 8, 8, 8],
    );
    const error = fields(reply(reason, udp));
    expect(error).toMatchObject({ source: "10.0.0.1", destination: "10.0.0.3", protocol: 1, headerSum: 0, bytes: 0 });
    const icmp = error?.payload ?? new Uint8Array();
    expect([icmp[0], icmp[1], icmp[6], icmp[7]]).toEqual([type, code, high, low]);
    expect([...icmp.subarray(8)]).toEqual([...udp.subarray(14, 14 + 28)]);
    expect(internetChecksum(icmp.slice(), 0, icmp.length)).toBe(0);
  });

  test("are not sent about ICMP errors, and are about pings", () => {
    expect(reply(PUNT_REASON.zeroTtl, packet(1, [11, 0, 0, 0, 0, 0, 0, 0]))).toBeUndefined();
    expect(reply(PUNT_REASON.zeroTtl, packet(1, [8, 0, 0, 0, 0, 0, 0, 0]))).toBeDefined();
  });

  test.each([PUNT_REASON.zeroTtl, PUNT_REASON.handleDf])(
    "of reason %i are sent about the first fragment of a packet and no later one",
    (reason) => {
      const about = (flags: number, offset: number): Uint8Array | undefined => {
        const fragment = packet(17, [1, 2, 3, 4, 5, 6, 7, 8], [8, 8, 8, 8]);
        fragment.set([flags, offset], 20);
        return reply(reason, fragment);
      };
      expect(about(0x20, 0)).toBeDefined();
      expect(about(0x20, 1)).toBeUndefined();
      expect(about(0x00, 185)).toBeUndefined();
      expect(about(0x10, 0)).toBeUndefined();
    },
  );
});

test("no frame of any kind throws, and every answer is whole, for every reason", () => {
  const seeds = [
    clientFrame(clientMessage(DHCP_TYPE.request)),
    packet(1, [8, 0, 0, 0, 0, 1, 0, 1]),
    packet(17, [1, 2, 3]),
  ];
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 6 }), fc.nat(400))
    .map(([seed, changes, length]) => {
      const bytes = seed.slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes.subarray(0, length);
    });
  const anything = { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) };
  let answers = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 3, arbitrary: mutated }, anything), fc.nat(6), (frame, reason) => {
      const answer = fields(reply(reason, frame));
      if (answer === undefined) return;
      answers += 1;
      expect([answer.headerSum, answer.bytes]).toEqual([0, 0]);
    }),
    { numRuns: 5_000 },
  );
  expect(answers).toBeGreaterThan(500);
});
