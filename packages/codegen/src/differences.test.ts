import { expect, test } from "vitest";
import { differences } from "./differences.ts";

const files = (texts: Readonly<Record<string, string>>) => new Map(Object.entries(texts));

test("changed, forgotten and left-over files are named; equal ones are not", () => {
  const committed = files({ "same.ts": "1", "changed.ts": "1", "left-over.ts": "1" });
  const fresh = files({ "same.ts": "1", "changed.ts": "2", "forgotten.ts": "1" });
  expect(differences(committed, fresh)).toEqual(["changed.ts", "left-over.ts", "forgotten.ts"]);
});

test("an empty file is not a missing one", () => {
  expect(differences(files({ "a.ts": "" }), files({}))).toEqual(["a.ts"]);
});
