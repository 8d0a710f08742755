import { describe, expect, test } from "vitest";
import { readDocuments } from "./read-documents.ts";

const NETWORK = { type: "virtual-network", content: { fq_name: ["d", "p", "n"] } };

describe("one object", () => {
  test.each([
    ["a YAML document", "virtual-network:\n  fq_name: [d, p, n]\n"],
    ["JSON", '{"virtual-network":{"fq_name":["d","p","n"]}}'],
    ["YAML in braces", "{virtual-network: {fq_name: [d, p, n]}}"],
    ["a list of one", "- virtual-network:\n    fq_name: [d, p, n]\n"],
    ["a list below the type", "virtual-network:\n  - fq_name: [d, p, n]\n"],
    ["the answer to a list", '{"virtual-networks":[{"virtual-network":{"fq_name":["d","p","n"]}}]}'],
  ])("is read from %s", (_, text) => {
    expect(readDocuments(text, "f")).toEqual([NETWORK]);
  });
});

test("several documents, types and lists are read in their order; empty ones are skipped", () => {
  const text =
    "---\nproject: {fq_name: [d, p]}\ndomain: {fq_name: [d]}\n---\n---\n# nothing\n---\n- project: {fq_name: [d, q]}\n";
  const names = readDocuments(text, "f").map(({ type, content }) => [type, content.fq_name]);
  expect(names).toEqual([
    ["project", ["d", "p"]],
    ["domain", ["d"]],
    ["project", ["d", "q"]],
  ]);
  expect(readDocuments("", "f")).toEqual([]);
});

test.each([
  ["YAML", "domain: {fq_name: [d], number: 18446744073709551615, small: 7, text: 'on', word: on}"],
  ["JSON", '{"domain":{"fq_name":["d"],"number":18446744073709551615,"small":7,"text":"on","word":"on"}}'],
])("64-bit integers and words survive %s", (_, text) => {
  expect(readDocuments(text, "f")[0]?.content).toEqual({
    fq_name: ["d"],
    number: 18_446_744_073_709_551_615n,
    small: 7,
    text: "on",
    word: "on",
  });
});

test("an anchor may be used again", () => {
  const text = "domain: {fq_name: [d], a: &rule {x: 1}, b: *rule}";
  expect(readDocuments(text, "f")[0]?.content).toMatchObject({ a: { x: 1 }, b: { x: 1 } });
});

describe("is refused with the file's name and the reason", () => {
  test.each([
    [
      "a type that is none",
      "virtual-netwrok: {}",
      /^f: virtual-netwrok is no object type; did you mean virtual-network\?/,
    ],
    [
      "an object without its type",
      '{"fq_name":["d"]}',
      /^f: fq_name is no object type; the object type is wanted around it/,
    ],
    ["a word", "hello", /^f: an object is wanted/],
    ["a type of a word", "domain: d", /^f: domain: an object is wanted/],
    ["broken YAML", "domain:\n  fq_name: [d\n", /^f: .*line 3/s],
    ["a key that stands twice", "domain: {fq_name: [d], fq_name: [e]}", /^f: Map keys must be unique/],
    ["the same in JSON", '{"domain":{"fq_name":["d"],"fq_name":["e"]}}', /^f: the key fq_name stands twice/],
    ["a number that JSON does not have", "domain: {x: .inf}", /^f: Infinity is no value/],
  ])("%s", (_, text, message) => {
    expect(() => readDocuments(text, "f")).toThrow(message);
  });

  test("a text that grows without bound when it is unfolded", () => {
    const levels = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(", ")}]`);
    expect(() => readDocuments(`l0: &l0 [x]\n${levels.join("\n")}\n`, "f")).toThrow(/alias/i);
  });
});
