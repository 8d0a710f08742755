import { createForwarder } from "@contrail/forwarding";
import { runStep, scenarioArbitrary } from "@contrail/testkit/dataplane";
import fc from "fast-check";
import { expect, test } from "vitest";
import { UNDERLAY_FILTER } from "./underlay-filter.ts";

/** What the kernel would do with the program: classic BPF, where a load past the end rejects the frame. */
function accepts(frame: Uint8Array, tagged = false): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  let accumulator = 0;
  let index = 0;
  for (let at = 0; at < UNDERLAY_FILTER.length; at++) {
    const [code, jt, jf, k] = UNDERLAY_FILTER[at] ?? [0x06, 0, 0, 0];
    const offset = code === 0x48 ? index + k : k;
    const length = { 40: 2, 48: 1, 72: 2, 177: 1 }[code] ?? 0;
    if (length > 0 && offset + length > frame.length) return false;
    if (code === 0x20) accumulator = tagged ? 1 : 0;
    else if (code === 0x28 || code === 0x48) accumulator = view.getUint16(offset);
    else if (code === 0x30) accumulator = view.getUint8(offset);
    else if (code === 0xb1) index = (view.getUint8(offset) & 15) * 4;
    else if (code === 0x15) at += accumulator === k ? jt : jf;
    else if (code === 0x45) at += (accumulator & k) !== 0 ? jt : jf;
    else return k !== 0;
  }
  return false;
}

test("the filter lets through every frame that is not the host's, and none with a VLAN tag", () => {
  const seen = { taken: 0, left: 0 };
  fc.assert(
    fc.property(scenarioArbitrary, ({ tables, steps }) => {
      const forwarder = createForwarder();
      forwarder.apply(tables);
      for (const { step } of steps) {
        if (step.kind !== "underlay") continue;
        const taken = accepts(step.frame);
        seen[taken ? "taken" : "left"] += 1;
        expect(accepts(step.frame, true)).toBe(false);
        if (!taken) expect(runStep(forwarder, step, 1n)).toEqual({ outputs: [], toHost: true });
      }
    }),
    { numRuns: 500 },
  );
  expect(Math.min(seen.taken, seen.left)).toBeGreaterThan(20);
});
