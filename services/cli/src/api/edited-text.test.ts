import { expect, test } from "vitest";
import { editorText, readEdited, withNotes, withoutNotes } from "./edited-text.ts";

const NAME = { type: "virtual-network", fqName: ["d", "p", "n"] };
const SHOWN = { fq_name: ["d", "p", "n"], mtu: 1400, network_policy_refs: [{ to: ["d", "p", "q"] }] };
const TEXT = editorText("virtual-network", SHOWN);
const read = (text: string) => readEdited(NAME, SHOWN, text);

test("the text that the editor shows reads as the object", () => {
  expect(read(TEXT)).toMatchObject({ kind: "edited", wanted: { fqName: ["d", "p", "n"] }, warnings: [] });
});

test("what is deleted is cleared, what is added is set", () => {
  const edited = read(
    TEXT.replace(/ {2}mtu: 1400\n/, "  router_external: true\n").replace(/ {2}network_policy_refs:.*/s, ""),
  );
  expect(edited).toMatchObject({ kind: "edited" });
  if (edited.kind !== "edited") return;
  expect(Object.fromEntries(edited.wanted.properties)).toEqual({ mtu: null, router_external: true });
  expect(edited.wanted.references.get("network_policy_refs")).toEqual([]);
});

test("notes stand above the person's text, replace earlier ones, and are no part of it", () => {
  const once = withNotes("virtual-network: {}\n", ["first\nsecond"]);
  const twice = withNotes(once, ["third"]);
  expect(twice).toMatch(/^#! .*#! third\nvirtual-network: \{\}\n$/s);
  expect(twice).not.toContain("first");
  expect(withoutNotes(twice)).toBe("virtual-network: {}\n");
});

test("comments of the person stay", () => {
  expect(withoutNotes(withNotes("# mine\nx: 1\n", ["note"]))).toBe("# mine\nx: 1\n");
});

test.each([
  ["an empty text", "\n", { kind: "empty" }],
  ["another name", TEXT.replace("[d, p, n]", "[d, p, m]"), { kind: "wrong", notes: [/cannot be changed/] }],
  ["another type", "project: {fq_name: [d, p]}", { kind: "wrong", notes: [/cannot be changed/] }],
  ["two objects", `${TEXT}---\n${TEXT}`, { kind: "wrong", notes: [/one object is wanted/] }],
  ["a wrong value", TEXT.replace("1400", "many"), { kind: "wrong", notes: [/mtu: an integer is wanted/] }],
  ["broken YAML", `${TEXT}\n x: [`, { kind: "wrong", notes: [/line/] }],
])("%s is told apart", (_, text, result) => {
  const notes = "notes" in result ? { notes: result.notes?.map((note) => expect.stringMatching(note)) } : {};
  expect(read(text)).toMatchObject({ ...result, ...notes });
});
