import { expect, test } from "vitest";
import { checkHistory } from "./check-history.ts";
import type { Operation } from "./history.ts";
import { type HolderInput, holderModel } from "./holder-model.ts";
import { type ObjectInput, type ObjectOutput, objectModel } from "./object-model.ts";

type ObjectOperation = Operation<ObjectInput, ObjectOutput>;

const DONE = { kind: "done" } as const;
const MISSING = { kind: "missing" } as const;
const TAKEN = { kind: "taken" } as const;
const MISMATCH = { kind: "mismatch" } as const;

/** An operation between two times; without an output nobody knows what became of it. */
function op(calledAtMs: number, returnedAtMs: number, input: ObjectInput, output?: ObjectOutput): ObjectOperation {
  return { client: "c", input, output, calledAtMs, returnedAtMs };
}

const create = (value: string, uuid = "u"): ObjectInput => ({ kind: "create", uuid, value });
const update = (value: string, ifMatch?: string): ObjectInput =>
  ifMatch === undefined ? { kind: "update", uuid: "u", value } : { kind: "update", uuid: "u", value, ifMatch };
const remove: ObjectInput = { kind: "remove", uuid: "u" };
const read: ObjectInput = { kind: "read", uuid: "u" };
const find: ObjectInput = { kind: "find" };
const saw = (value: string, tag?: string): ObjectOutput =>
  tag === undefined ? { kind: "seen", uuid: "u", value } : { kind: "seen", uuid: "u", value, tag };

const verdict = (history: readonly ObjectOperation[]) => checkHistory(objectModel, history).kind;

const GOOD: readonly (readonly [string, readonly ObjectOperation[]])[] = [
  ["nothing", []],
  ["one after the other", [op(0, 1, create("a"), DONE), op(2, 3, update("b"), DONE), op(4, 5, read, saw("b"))]],
  [
    "reads beside a write that see it or not, as long as none goes back",
    [
      op(0, 1, create("a"), DONE),
      op(2, 9, update("b"), DONE),
      op(3, 4, read, saw("a")),
      op(5, 6, read, saw("b")),
      op(7, 8, read, saw("b")),
    ],
  ],
  [
    "two updates at once, the one that was called first is the last",
    [op(0, 1, create("a"), DONE), op(2, 6, update("b"), DONE), op(3, 5, update("c"), DONE), op(7, 8, read, saw("b"))],
  ],
  ["a create without an answer that took effect", [op(0, 1, create("a")), op(5, 6, read, saw("a"))]],
  ["a create without an answer that never took effect", [op(0, 1, create("a")), op(5, 6, read, MISSING)]],
  [
    "an update without an answer that took effect long after",
    [
      op(0, 1, create("a"), DONE),
      op(2, 3, update("b")),
      op(4, 5, read, saw("a")),
      op(6, 7, update("c"), DONE),
      op(8, 9, read, saw("c")),
      op(10, 11, read, saw("b")),
    ],
  ],
  [
    "a chain of two without answers: removed, and made under another uuid",
    [
      op(0, 1, create("a"), DONE),
      op(2, 3, remove),
      op(2, 4, create("b", "v")),
      op(5, 6, find, { kind: "seen", uuid: "v", value: "b" }),
      op(7, 8, read, MISSING),
    ],
  ],
  [
    "of two creates at once one is refused",
    [op(0, 5, create("a"), DONE), op(1, 4, create("b", "v"), TAKEN), op(6, 7, find, saw("a"))],
  ],
  [
    "of two conditional updates one wins",
    [
      op(0, 1, create("a"), DONE),
      op(2, 3, read, saw("a", "1")),
      op(4, 8, update("b", "1"), { kind: "done", tag: "2" }),
      op(4, 9, update("c", "1"), MISMATCH),
      op(10, 11, read, saw("b", "2")),
    ],
  ],
];

test.each(GOOD)("accepts %s", (_, history) => {
  expect(verdict(history)).toBe("linearizable");
});

const BAD: readonly (readonly [string, readonly ObjectOperation[]])[] = [
  [
    "a lost update: two conditional ones on one ETag win",
    [
      op(0, 1, create("a"), DONE),
      op(2, 3, read, saw("a", "1")),
      op(4, 8, update("b", "1"), { kind: "done", tag: "2" }),
      op(4, 9, update("c", "1"), { kind: "done", tag: "3" }),
    ],
  ],
  [
    "a lost update: an acknowledged one that is nowhere to be seen",
    [op(0, 1, create("a"), DONE), op(2, 3, update("b"), DONE), op(4, 5, read, saw("a"))],
  ],
  [
    "a stale read: the older state after the newer one was seen, though the write still runs",
    [op(0, 1, create("a"), DONE), op(2, 9, update("b"), DONE), op(3, 4, read, saw("b")), op(5, 6, read, saw("a"))],
  ],
  ["a value from nowhere", [op(0, 1, create("a"), DONE), op(2, 3, read, saw("x"))]],
  ["a value before it was written", [op(0, 1, read, saw("a")), op(2, 3, create("a"), DONE)]],
  ["a create that was acknowledged and then is not there", [op(0, 1, create("a"), DONE), op(2, 3, read, MISSING)]],
  ["a create that was acknowledged and has no name", [op(0, 1, create("a"), DONE), op(2, 3, find, MISSING)]],
  [
    "a delete undone",
    [op(0, 1, create("a"), DONE), op(2, 3, remove, DONE), op(4, 5, read, MISSING), op(6, 7, read, saw("a"))],
  ],
  [
    "two deletes of one object that both did it",
    [op(0, 1, create("a"), DONE), op(2, 5, remove, DONE), op(2, 5, remove, DONE)],
  ],
  ["two creates under one name", [op(0, 5, create("a"), DONE), op(0, 5, create("b", "v"), DONE)]],
  ["a create that is refused where nothing is", [op(0, 1, create("a"), TAKEN)]],
  [
    "an update without an answer that took effect, was written over, and came back",
    [
      op(0, 1, create("a"), DONE),
      op(2, 3, update("b")),
      op(4, 5, read, saw("b")),
      op(6, 7, update("c"), DONE),
      op(8, 9, read, saw("b")),
    ],
  ],
  [
    "a refusal with 412 of the newest ETag",
    [op(0, 1, create("a"), DONE), op(2, 3, read, saw("a", "1")), op(4, 5, update("b", "1"), MISMATCH)],
  ],
  [
    "an ETag that changes though nothing was written",
    [op(0, 1, create("a"), DONE), op(2, 3, read, saw("a", "1")), op(4, 5, read, saw("a", "2"))],
  ],
];

test.each(BAD)("rejects %s", (_, history) => {
  expect(verdict(history)).toBe("not-linearizable");
});

test("a rejection names the state that was reached and what could not come next", () => {
  const stale = op(4, 5, read, saw("a"));
  const history = [op(0, 1, create("a"), DONE), op(2, 3, update("b"), DONE), stale];
  expect(checkHistory(objectModel, history)).toEqual({
    kind: "not-linearizable",
    explained: 2,
    state: '["u","b",null]',
    stuck: [stale],
  });
});

test("a search that its bound ends is undecided", () => {
  const many = Array.from({ length: 12 }, (_, index) => op(1, 90, update(`${index}`), DONE));
  const history = [op(0, 0, create("a"), DONE), ...many, op(91, 92, read, saw("x"))];
  expect(checkHistory(objectModel, history, 100).kind).toBe("undecided");
});

test("fifty callers with one ETag and forty calls without answers are decided", () => {
  const history = [op(0, 1, create("a"), DONE), op(2, 3, read, saw("a", "0"))];
  for (let index = 0; index < 40; index++) history.push(op(4, 4, update(`lost${index}`)));
  for (let round = 0; round < 20; round++) {
    const start = 10 * (round + 1);
    for (let caller = 0; caller < 50; caller++) {
      const isWinner = caller === (7 * round) % 50;
      const output: ObjectOutput = isWinner ? { kind: "done", tag: `${round + 1}` } : MISMATCH;
      history.push(op(start, start + 5, update(`r${round}c${caller}`, `${round}`), output));
    }
  }
  expect(verdict(history)).toBe("linearizable");
  expect(verdict([...history, op(900, 901, read, saw("r18c26"))])).toBe("not-linearizable");
});

const held = (calledAtMs: number, kind: HolderInput["kind"], holder: string, output?: "done") => ({
  client: holder,
  input: { kind, holder },
  output,
  calledAtMs,
  returnedAtMs: calledAtMs + 1,
});

test.each([
  [
    "given, seen, given back and given again",
    [
      held(0, "take", "a", "done"),
      held(2, "see", "a", "done"),
      held(4, "give-back", "a", "done"),
      held(6, "take", "b", "done"),
    ],
  ],
  [
    "given again after a giving back without an answer",
    [
      held(0, "take", "a", "done"),
      held(2, "give-back", "a"),
      held(4, "see", "a", "done"),
      held(6, "take", "b", "done"),
    ],
  ],
])("accepts an address that is %s", (_, history) => {
  expect(checkHistory(holderModel, history).kind).toBe("linearizable");
});

test.each([
  ["given twice", [held(0, "take", "a", "done"), held(2, "take", "b", "done")]],
  ["given twice at the same time", [held(0, "take", "a", "done"), held(0, "take", "b", "done")]],
  [
    "given while a giving back without an answer has not begun",
    [held(0, "take", "a", "done"), held(2, "take", "b", "done"), held(4, "give-back", "a")],
  ],
  [
    "seen with one who gave it back",
    [held(0, "take", "a", "done"), held(2, "give-back", "a", "done"), held(4, "see", "a", "done")],
  ],
])("rejects an address that is %s", (_, history) => {
  expect(checkHistory(holderModel, history).kind).toBe("not-linearizable");
});
