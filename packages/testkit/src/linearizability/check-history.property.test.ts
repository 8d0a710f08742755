import fc from "fast-check";
import { expect, test } from "vitest";
import { checkHistory } from "./check-history.ts";
import type { Operation } from "./history.ts";
import { type ObjectInput, type ObjectOutput, objectModel } from "./object-model.ts";

type ObjectOperation = Operation<ObjectInput, ObjectOutput>;

/** One call: what it is, how long before and after its moment it was called and answered, and whether an answer came. */
const step = fc.record({
  kind: fc.constantFrom("create", "update", "remove", "read", "find"),
  uuid: fc.constantFrom("u", "v"),
  before: fc.integer({ min: 0, max: 25 }),
  after: fc.integer({ min: 0, max: 25 }),
  isAnswered: fc.boolean().map((isSeldom) => isSeldom || undefined),
});

/** What a register that does one call after the other says, every 10 ms. */
function play(
  steps: readonly { kind: string; uuid: string; before: number; after: number; isAnswered?: true | undefined }[],
) {
  let now: { uuid: string; value: string } | undefined;
  const history: ObjectOperation[] = [];
  for (const [index, { kind, uuid, before, after, isAnswered }] of steps.entries()) {
    const value = `value${index}`;
    const current: { uuid: string; value: string } | undefined = now;
    let output: ObjectOutput;
    let input: ObjectInput;
    if (kind === "create") {
      input = { kind, uuid, value };
      output = current === undefined ? { kind: "done" } : { kind: "taken" };
      now ??= { uuid, value };
    } else if (kind === "find") {
      input = { kind };
      output = current === undefined ? { kind: "missing" } : { kind: "seen", ...current };
    } else {
      const isHere = current?.uuid === uuid;
      input = kind === "update" ? { kind, uuid, value } : { kind: kind === "read" ? "read" : "remove", uuid };
      output = isHere ? { kind: "done" } : { kind: "missing" };
      if (isHere && kind === "read") output = { kind: "seen", ...current };
      if (isHere && kind === "update") now = { uuid, value };
      if (isHere && kind === "remove") now = undefined;
    }
    const atMs = 10 * index;
    const isWrite = kind !== "read" && kind !== "find";
    const known = isAnswered === true || !isWrite ? output : undefined;
    history.push({ client: "c", input, output: known, calledAtMs: atMs - before, returnedAtMs: atMs + after });
  }
  return history;
}

test("what one register did is accepted, however long its calls took and whichever writes were not answered", () => {
  let unanswered = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const history = play(steps);
      unanswered += history.filter(({ output }) => output === undefined).length;
      return checkHistory(objectModel, history).kind === "linearizable";
    }),
  );
  expect(unanswered).toBeGreaterThan(100);
});

test("with one value seen that nobody had written it is rejected", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(), (steps, place) => {
      const history = play(steps);
      const atMs = 10 * (place % (steps.length + 1));
      const output = { kind: "seen", uuid: "u", value: "nobody's" } as const;
      const strange = { client: "c", input: { kind: "find" } as const, output, calledAtMs: atMs, returnedAtMs: atMs };
      return checkHistory(objectModel, [...history, strange]).kind === "not-linearizable";
    }),
  );
});
