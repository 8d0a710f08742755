import { describe, expect, test } from "vitest";
import { FAMILIES } from "../family.ts";
import { MAX_EXTENDED_MESSAGE_BYTES } from "../message/header.ts";
import { decodeUpdate } from "../update/decode-update.ts";
import { WORST_CASES } from "./worst-cases.ts";

const LONGEST = MAX_EXTENDED_MESSAGE_BYTES - 19;
const CONTEXT = { external: false, families: FAMILIES };

describe.each(Object.entries(WORST_CASES))("an UPDATE full of %s", (name, make) => {
  test.each([true, false])("is read to its end, with AS numbers of four octets: %s", (fourOctetAs) => {
    const body = make(LONGEST);
    expect(body.length).toBeLessThanOrEqual(LONGEST);
    expect(body.length).toBeGreaterThan(LONGEST - 1_200);
    const startMs = performance.now();
    const verdict = decodeUpdate(body, { ...CONTEXT, fourOctetAs });
    const tookMs = performance.now() - startMs;
    console.log(`${name}: ${verdict.kind}, ${body.length} octets in ${tookMs.toFixed(1)} ms (bar 100)`);
    expect(["update", "treat-as-withdraw", "session-reset"]).toContain(verdict.kind);
  });
});
