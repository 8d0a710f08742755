import { createForwarder, internetChecksum, type Outcome } from "@contrail/forwarding";
import fc from "fast-check";
import { expect, test } from "vitest";
import { transportChecksum } from "./frames.ts";
import { type Scenario, scenarioArbitrary } from "./scenario.ts";
import { runStep, type Step } from "./step.ts";
import { LOCALS } from "./world.ts";

const VRFS = new Map(LOCALS.map(({ id, vrf }) => [id, vrf]));

/** Runs scenarios and hands each step with its fate to the check. */
function forEachStep(numRuns: number, check: (step: Step, outcome: Outcome) => void): void {
  fc.assert(
    fc.property(scenarioArbitrary, ({ tables, steps }: Scenario) => {
      const forwarder = createForwarder();
      forwarder.apply(tables);
      let nowNs = 0n;
      for (const { step, afterNs } of steps) {
        nowNs += afterNs;
        const outcome = runStep(forwarder, step, nowNs);
        if (outcome !== undefined) check(step, outcome);
      }
    }),
    { numRuns },
  );
}

function isWhole(step: Step): boolean {
  return step.kind === "machine" && !step.about.startsWith("mutated") && step.offload.partialChecksum !== true;
}

/** The IPv4 packet that an output carries for a machine; undefined for ARP, the agent's frames and punts. */
function innerOf(output: Outcome["outputs"][number]): Uint8Array | undefined {
  if (output.kind === "underlay") return output.packet.subarray(32);
  const isInet = output.kind === "interface" && output.frame[12] === 0x08 && output.frame[13] === 0x00;
  return isInet ? output.frame.subarray(14) : undefined;
}

test("every frame has exactly one fate, and is left as it was", () => {
  const before = new WeakMap<Uint8Array, string>();
  forEachStep(300, (step, outcome) => {
    if (step.kind === "apply") return;
    const text = Buffer.from(step.frame).toString("hex");
    expect(before.get(step.frame) ?? text).toBe(text);
    before.set(step.frame, text);
    const dropped = outcome.drop !== undefined;
    const punted = outcome.outputs.some(({ kind }) => kind === "punt");
    const fates = [dropped, outcome.toHost === true, outcome.outputs.length === 1 && !(dropped && punted)];
    expect(fates.filter(Boolean).length).toBe(1);
  });
});

test("what goes out of a machine's packet has right checksums, and a TTL that fell by one at most", () => {
  let seen = 0;
  forEachStep(500, (step, outcome) => {
    const [output] = outcome.outputs;
    if (step.kind !== "machine" || !isWhole(step) || output === undefined) return;
    const inner = innerOf(output);
    if (inner === undefined) return;
    seen += 1;
    const headerBytes = ((inner[0] ?? 0) & 15) * 4;
    const totalBytes = ((inner[2] ?? 0) << 8) + (inner[3] ?? 0);
    expect(internetChecksum(inner, 0, headerBytes)).toBe(0);
    const fell = (step.frame[22] ?? 0) - (inner[8] ?? 0);
    expect([0, 1]).toContain(fell);
    if (output.kind === "underlay") expect(internetChecksum(output.packet, 0, 20)).toBe(0);
    const view = new DataView(inner.buffer, inner.byteOffset);
    if (inner[9] !== 6 || (view.getUint16(6) & 0x3fff) !== 0) return;
    const ends = { source: view.getUint32(12), destination: view.getUint32(16) };
    expect(transportChecksum(ends, 6, inner.subarray(headerBytes, totalBytes))).toBe(0);
  });
  expect(seen).toBeGreaterThan(100);
});

test("no packet of one VRF reaches a machine of another", () => {
  forEachStep(500, (step, outcome) => {
    if (step.kind !== "machine") return;
    for (const output of outcome.outputs) {
      if (output.kind === "interface") expect(VRFS.get(output.interface)).toBe(VRFS.get(step.interface));
      if (output.kind === "underlay") expect(VRFS.get(step.interface)).toBe(1);
    }
  });
});

test("random bytes never throw, from anywhere", () => {
  const bytes = fc.uint8Array({ maxLength: 120 });
  const choose = fc.tuple(fc.constantFrom("machine", "underlay", "agent"), bytes);
  fc.assert(
    fc.property(scenarioArbitrary, fc.array(choose, { minLength: 20, maxLength: 20 }), ({ tables }, frames) => {
      const forwarder = createForwarder();
      forwarder.apply(tables);
      for (const [from, frame] of frames) {
        if (from === "machine") forwarder.fromMachine(1, frame, 1n);
        else if (from === "underlay") forwarder.fromUnderlay(frame, 1n);
        else forwarder.fromAgent(frame);
      }
    }),
    { numRuns: 100 },
  );
});

test("drops and counters agree with what was seen", () => {
  fc.assert(
    fc.property(scenarioArbitrary, ({ tables, steps }) => {
      const forwarder = createForwarder();
      forwarder.apply(tables);
      const drops = new Map<string, number>();
      const sent = new Map<number, number>();
      for (const { step } of steps) {
        const outcome = runStep(forwarder, step, 1n);
        if (outcome?.drop !== undefined) drops.set(outcome.drop, (drops.get(outcome.drop) ?? 0) + 1);
        for (const output of outcome?.outputs ?? []) {
          if (output.kind === "interface") sent.set(output.interface, (sent.get(output.interface) ?? 0) + 1);
        }
      }
      expect(new Map(forwarder.drops())).toEqual(drops);
      for (const [id, counters] of forwarder.interfaceCounters()) expect(counters.sentPackets).toBe(sent.get(id) ?? 0);
    }),
    { numRuns: 200 },
  );
});
