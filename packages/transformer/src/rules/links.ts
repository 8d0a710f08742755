import type { DerivedLinks, DerivedReference } from "../derived.ts";
import { type Fact, type FactTable, fact, factTable } from "../fact-table.ts";
import type { Rule } from "../flow.ts";

/** A reference that an intent object is to have. */
interface Link {
  readonly type: string;
  readonly fqName: readonly string[];
  readonly ref: DerivedReference;
}

/** Links by the object that has them ("type name"); several rules may want some for the same object. */
const LINKS: FactTable<Link> = factTable("links");

/** A link of an object that is there: who says it has read the object. */
export function link(
  object: { readonly type: string; readonly fqName: readonly string[] },
  ref: DerivedReference,
): Fact {
  const { type, fqName } = object;
  const source = `${ref.toType} ${ref.toFqName.join(":")}`;
  return fact(LINKS, `${type} ${fqName.join(":")}`, source, { type, fqName, ref });
}

/** Collects the links of each object. */
export const linksRule: Rule = {
  name: "links",
  on: LINKS,
  run(key, read) {
    const links = new Map<string, DerivedLinks>();
    for (const [, { type, fqName, ref }] of read.values(LINKS, key)) {
      const before = links.get(ref.toType)?.refs ?? [];
      links.set(ref.toType, { type, fqName, toType: ref.toType, refs: [...before, ref] });
    }
    return { links: [...links.values()] };
  },
};
