import { expect, test } from "vitest";
import { treeJson, treeLines } from "./tree-text.ts";

const leaf = (type: string, name: string, more: object = {}) => ({
  type,
  object: { uuid: name, fq_name: ["d", "p", name], ...more },
  children: [],
});
const TREE = {
  type: "project",
  object: { uuid: "p", fq_name: ["d", "p"] },
  children: [
    leaf("virtual-network", "n", { network_policy_refs: [{ to: ["d", "p", "q"], uuid: "q" }] }),
    leaf("routing-instance", "r", { id_perms: { creator: "transformer" } }),
  ],
};

test("a tree shows children, references and what the system made", () => {
  expect(treeLines(TREE)).toEqual([
    "project d:p",
    "├─ virtual-network n",
    "│       → network-policy d:p:q",
    "└─ routing-instance r (made by the system)",
  ]);
});

test("for programs it is the same with whole names", () => {
  expect(treeJson(TREE)).toMatchObject({
    type: "project",
    children: [{ references: [{ type: "network-policy", fq_name: ["d", "p", "q"] }] }, { derived: true }],
  });
});
