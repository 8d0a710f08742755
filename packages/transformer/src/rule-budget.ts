import type { JsonValue } from "@contrail/schema";

/** Rules that are made for one ACL, before equal ones are merged; an agent holds 1,024. */
const MAX_RULES = 4_096;
/** UTF-16 units of all of them as JSON: an ACL is one message on the bus, of 16 MiB at most. */
const MAX_TEXT = 4 * 1024 * 1024;
/** Pairs of addresses that are looked at. */
const MAX_PAIRS = 1024 * 1024;

/** Service chains that one network may want: each makes routing instances in both networks. */
const MAX_CHAINS = 64;

/**
 * What may be spent on one ACL. A rule stands for the product of its addresses and ports, which a body of some
 * kilobytes can make as large as it likes.
 */
export class RuleBudget {
  #rules = 0;
  #text = 0;
  #pairs = 0;
  #chains = 0;

  /** True once more was asked for than there is: what was made is not the whole and must not be used. */
  get exceeded(): boolean {
    return this.#rules > MAX_RULES || this.#text > MAX_TEXT || this.#pairs > MAX_PAIRS || this.#chains > MAX_CHAINS;
  }

  /** False: make no more pairs. */
  takesPair(): boolean {
    this.#pairs++;
    return !this.exceeded;
  }

  /** Notes how many service chains are wanted. */
  wantsChains(count: number): void {
    this.#chains = count;
  }

  /** False: make no more rules. */
  takesRule(rule: JsonValue): boolean {
    this.#rules++;
    this.#text += JSON.stringify(rule).length;
    return !this.exceeded;
  }
}
