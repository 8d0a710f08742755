import { expect, test } from "vitest";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_FLAG_FIN, TCP_FLAG_RST, TCP_FLAG_SYN } from "./constants.ts";
import type { FlowEntry } from "./flow.ts";
import { flowExpired } from "./flow-age.ts";

const SECOND_NS = 1_000_000_000n;

function flow(protocol: number, changes: Partial<FlowEntry> = {}): FlowEntry {
  return {
    key: { nextHop: 1, protocol, sourceAddress: 1, destinationAddress: 2, sourcePort: 3, destinationPort: 4 },
    verdict: "pass",
    reverse: false,
    established: true,
    generation: 1,
    peerNextHop: 2,
    packets: 1,
    bytes: 100,
    lastSeenNs: 0n,
    tcpFlags: 0,
    ...changes,
  };
}

const tcp = (changes: Partial<FlowEntry> = {}) => flow(PROTOCOL_TCP, { tcpFlags: TCP_FLAG_SYN, ...changes });
const fin = tcp({ tcpFlags: TCP_FLAG_SYN | TCP_FLAG_FIN });
const reset = tcp({ tcpFlags: TCP_FLAG_RST });

test.each<[string, FlowEntry, FlowEntry | undefined, bigint]>([
  ["established TCP", tcp(), tcp(), 7_200n],
  ["established UDP", flow(PROTOCOL_UDP), flow(PROTOCOL_UDP), 180n],
  ["embryonic UDP", flow(PROTOCOL_UDP, { established: false }), undefined, 60n],
  ["embryonic TCP", tcp({ established: false }), undefined, 60n],
  ["TCP that both sides closed", fin, fin, 10n],
  ["TCP that one side closed", fin, tcp(), 7_200n],
  ["TCP that its own side reset", reset, tcp(), 10n],
  ["TCP that the other side reset", tcp(), reset, 10n],
  ["a refused connection", tcp({ established: false }), reset, 10n],
  ["UDP whose flags byte is noise", flow(PROTOCOL_UDP, { tcpFlags: TCP_FLAG_RST }), undefined, 180n],
])("%s goes after its idle time and not before", (_what, own, peer, seconds) => {
  expect(flowExpired(own, peer, seconds * SECOND_NS)).toBe(false);
  expect(flowExpired(own, peer, seconds * SECOND_NS + 1n)).toBe(true);
});

test("a pair is as old as its newer half", () => {
  const seen = flow(PROTOCOL_UDP, { lastSeenNs: 100n * SECOND_NS });
  const silent = flow(PROTOCOL_UDP);
  for (const [own, peer] of [[seen, silent] as const, [silent, seen] as const]) {
    expect(flowExpired(own, peer, 280n * SECOND_NS)).toBe(false);
    expect(flowExpired(own, peer, 280n * SECOND_NS + 1n)).toBe(true);
  }
});
