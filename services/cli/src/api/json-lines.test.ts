import type { JsonObject } from "@contrail/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonLines } from "./json-lines.ts";

test("the text is the one that JSON.stringify gives", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const whole = { value, list: [value, {}, []], left: undefined } as JsonObject;
      expect(jsonLines(whole)).toBe(JSON.stringify(whole, null, 2));
    }),
  );
});

test("a 64-bit integer is written as it is", () => {
  expect(jsonLines({ uuid_mslong: 18446744073709551615n })).toBe('{\n  "uuid_mslong": 18446744073709551615\n}');
});
