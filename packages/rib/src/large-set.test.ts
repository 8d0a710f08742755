import fc from "fast-check";
import { expect, test } from "vitest";
import { LargeSet } from "./large-set.ts";

interface Member {
  readonly number: number;
}

/** Some have a number with others. */
const MEMBERS: readonly Member[] = Array.from({ length: 20_000 }, (_, index) => ({ number: index % 15_000 }));

function range(first: number, count: number): readonly Member[] {
  return MEMBERS.slice(first, first + count);
}

test("it holds what a set of the language holds, however large it grows and shrinks", () => {
  const change = fc.record({
    kind: fc.constantFrom("add", "delete"),
    first: fc.nat(MEMBERS.length),
    count: fc.nat(12_000),
  });
  let large = 0;
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
      const [set, model] = [new LargeSet<Member>(), new Set<Member>()];
      for (const { kind, first, count } of changes) {
        for (const member of range(first, count)) {
          if (kind === "add") {
            set.add(member);
            model.add(member);
          } else if (set.delete(member) !== model.delete(member)) throw new Error("deleted in one of them alone");
        }
        if (model.size > 8_192) large++;
        expect(set.size).toBe(model.size);
        expect(MEMBERS.every((member) => set.has(member) === model.has(member))).toBe(true);
        expect(new Set(set)).toEqual(model);
      }
    }),
    { numRuns: 15 },
  );
  console.log(`${large} times with more than one block`);
  expect(large).toBeGreaterThan(0);
});

test("members may be deleted while they are gone through, each comes once, and those that are deleted do not come", () => {
  const set = new LargeSet<Member>();
  for (const member of MEMBERS) set.add(member);
  const seen: Member[] = [];
  for (const member of set.values()) {
    seen.push(member);
    set.delete(member);
    const other = MEMBERS[seen.length + 5_000];
    if (seen.length <= 100 && other !== undefined) set.delete(other);
  }
  expect([seen.length, new Set(seen).size, set.size]).toEqual([MEMBERS.length - 100, MEMBERS.length - 100, 0]);
});
