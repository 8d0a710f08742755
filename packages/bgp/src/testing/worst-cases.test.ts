import { describe, expect, test } from "vitest";
import { FAMILIES } from "../family.ts";
import { MAX_EXTENDED_MESSAGE_BYTES } from "../message/header.ts";
import { decodeUpdate } from "../update/decode-update.ts";
import { WORST_CASES } from "./worst-cases.ts";

const LONGEST = MAX_EXTENDED_MESSAGE_BYTES - 19;
const CONTEXT = { external: false, families: FAMILIES };
/** Ten times what the longest message may take; with work that grows by the square it would be a hundred. */
const DEADLINE_MS = 1_000;

describe.each(Object.entries(WORST_CASES))("an UPDATE full of %s", (name, make) => {
  test.each([true, false])(
    "is read in the time that its length allows, with AS numbers of four octets: %s",
    (fourOctetAs) => {
      const body = make(LONGEST);
      expect(body.length).toBeLessThanOrEqual(LONGEST);
      expect(body.length).toBeGreaterThan(LONGEST - 1_200);
      const startMs = performance.now();
      const verdict = decodeUpdate(body, { ...CONTEXT, fourOctetAs });
      const tookMs = performance.now() - startMs;
      console.log(`${name}: ${verdict.kind}, ${body.length} octets in ${tookMs.toFixed(1)} ms (bar 100)`);
      expect(tookMs).toBeLessThan(DEADLINE_MS);
    },
  );
});
