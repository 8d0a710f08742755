import type { ConfigObject, JsonValue } from "@contrail/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromWireChange, fromWireObject, toWireChange, toWireObject } from "./config-object.ts";
import { ObjectChange, Object as WireObject } from "./gen/opencontrail/config/v1/object.ts";

const text = fc.string({ minLength: 1, unit: "grapheme" });
const revision = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
/** JSON as the API has it: 64-bit integers are bigint where a number cannot hold them. */
const { value: json } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    text,
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 64n - 1n }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(text, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const properties = fc.dictionary(text, json, { maxKeys: 4, noNullPrototype: true });
const reference = fc.record({ toType: text, toUuid: text, toFqName: fc.array(text), attr: json });
const objects: fc.Arbitrary<ConfigObject> = fc.record({
  type: text,
  uuid: text,
  fqName: fc.array(text),
  parentType: fc.option(text, { nil: undefined }),
  parentUuid: fc.option(text, { nil: undefined }),
  revision,
  refs: fc.array(reference, { maxLength: 3 }),
  properties,
  derived: fc.boolean(),
  epoch: revision,
});

test("every object comes back from the wire as it was, 64-bit numbers and empty lists included", () => {
  fc.assert(
    fc.property(objects, (object) => {
      expect(fromWireObject(WireObject.decode(WireObject.encode(toWireObject(object)).finish()))).toEqual(object);
    }),
  );
});

test("a change comes back as the kind that it was", () => {
  fc.assert(
    fc.property(objects, (object) => {
      const removal = {
        kind: "remove",
        type: object.type,
        uuid: object.uuid,
        fqName: object.fqName,
        revision: 7n,
      } as const;
      for (const change of [{ kind: "upsert", object } as const, removal]) {
        const bytes = ObjectChange.encode(toWireChange(change)).finish();
        expect(fromWireChange(ObjectChange.decode(bytes))).toEqual(change);
      }
    }),
  );
});

test("a change of a kind that this version does not know is none", () => {
  expect(fromWireChange(ObjectChange.decode(new Uint8Array()))).toBeUndefined();
});

test("broken JSON is an error, not an object without properties", () => {
  const wire = WireObject.fromPartial({ type: "t", uuid: "u", properties: Buffer.from("{") });
  expect(() => fromWireObject(wire)).toThrow(SyntaxError);
});
