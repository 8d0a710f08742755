import { describe, expect, test } from "vitest";
import { repository, type Tree, treeOf } from "./tree.ts";

/** A rule over the repository's files. */
export interface Rule {
  /** States the fact that holds: "services never import each other". */
  readonly title: string;
  /** Why; shown when the rule fails. */
  readonly reason: string;
  /** One line for each violation, beginning with the path; empty where the rule holds. */
  violations(tree: Tree): readonly string[];
}

/** A small tree and what the rule says about it: one pattern for each violation; none where it breaks nothing. */
export interface Sample {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly finds: readonly RegExp[];
}

/** Tests of a rule: the repository keeps it, and each sample is judged as it says. */
export function checkRule(rule: Rule, samples: readonly Sample[]): void {
  describe(rule.title, () => {
    test("in this repository", () => {
      const found = rule.violations(repository());
      expect(found, `${rule.title}. Why: ${rule.reason}\n${found.join("\n")}`).toEqual([]);
    });
    test.each(samples)("sample: $name", ({ files, finds }) => {
      const found = rule.violations(treeOf(files));
      expect(found).toEqual(finds.map((pattern) => expect.stringMatching(pattern)));
    });
  });
}
