import { expect, test } from "vitest";
import { MODEL_VERSION, majorProblem, parseVersion, versionText } from "./model-version.ts";

test("a version is written and read, and nothing else is one", () => {
  expect(parseVersion(versionText(MODEL_VERSION))).toEqual({ ...MODEL_VERSION, hash: "" });
  for (const text of ["", "1", "1.", ".1", "1.0.0", "a.b", "1.0 ", "1234567.0"])
    expect(parseVersion(text)).toBeUndefined();
});

test("minors work together; of two majors the older one is told to be upgraded", () => {
  const [own, minor, major] = [
    { major: 1, minor: 0, hash: "a" },
    { major: 1, minor: 7, hash: "b" },
    { major: 2, minor: 1, hash: "c" },
  ];
  expect(majorProblem(own, minor, "x")).toBeUndefined();
  expect(majorProblem(own, major, "agent host1")).toMatch(/install the release that has 2\.1 on this node$/);
  expect(majorProblem(major, own, "agent host1")).toMatch(/install the release that has 2\.1 on agent host1$/);
});
