import { expect, test } from "vitest";
import { modelHash, readVersions, renderVersion } from "./model-version.ts";

const HASH = "0123456789ab";

test("the hash is of what the files say: comments, spaces and the order of files are not in it", () => {
  const files = new Map([
    ["a.proto", "message A {\n  // a comment\n  string x = 1;\n}\n"],
    ["b.proto", "message B {}"],
  ]);
  const same = new Map([
    ["b.proto", "// B\nmessage B {}\n\n"],
    ["a.proto", "message A {\n\tstring  x = 1;\n}"],
  ]);
  expect(modelHash(files)).toMatch(/^[0-9a-f]{12}$/);
  expect(modelHash(same)).toBe(modelHash(files));
  expect(modelHash(new Map([...files, ["a.proto", "message A {\n  string y = 1;\n}"]]))).not.toBe(modelHash(files));
});

test("the last line is the version, if its hash is that of the files", () => {
  const text = `# versions\n1.0 aaaaaaaaaaaa\n1.1 bbbbbbbbbbbb\n2.0 ${HASH}\n`;
  expect(readVersions(text, HASH)).toEqual({ major: 2, minor: 0, hash: HASH });
  expect(renderVersion(readVersions(text, HASH))).toContain(`{ major: 2, minor: 0, hash: "${HASH}" }`);
});

test.each<[string, RegExp]>([
  ["1.0 aaaaaaaaaaaa\n1.1 bbbbbbbbbbbb", /add the line "1\.2 0123456789ab".*or "2\.0 0123456789ab"/],
  ["", /names no version/],
  [`one ${HASH}`, /is no "major\.minor hash"/],
  [`1.0 aaaaaaaaaaaa\n1.2 ${HASH}`, /does not follow/],
  [`1.0 aaaaaaaaaaaa\n3.0 ${HASH}`, /does not follow/],
  [`1.3 aaaaaaaaaaaa\n2.1 ${HASH}`, /does not follow/],
])("%j is refused", (text, problem) => {
  expect(() => readVersions(text, HASH)).toThrow(problem);
});
