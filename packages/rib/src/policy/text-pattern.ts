/**
 * Expressions over the texts of communities, as tenants write them in routing policies:
 *
 *     choice   = branch *( "|" branch )
 *     branch   = *( atom [ "*" / "+" / "?" / "{" low [ "," [ high ] ] "}" ] )
 *     atom     = character / "." / "\" character / "\d" / "(" choice ")" / "[" [ "^" ] 1*( character [ "-" character ] ) "]"
 *
 * with "^" in front and "$" at the end as one likes: the whole text is compared. They run as a set of states over the
 * text (Thompson 1968): no expression takes longer than its size times characters, which a backtracking one could. The
 * size counts what is looked at for one character: states, ways between them, and ranges.
 */
export interface TextPattern {
  /** The expression as it was written. */
  readonly text: string;
  matches(given: string): boolean;
}

const MAX_LENGTH = 256;
/** Repetitions with numbers are written out: this bounds what they come to, and the work of writing them. */
const MAX_SIZE = 512;

type Test = (character: string) => boolean;

/** A character is read, or one of several states comes next; undefined: the end. */
type State = { readonly test: Test; readonly next: number } | { readonly ways: number[] };

type Node =
  | { readonly kind: "character"; readonly test: Test; readonly ranges: number }
  | { readonly kind: "sequence" | "choice"; readonly items: readonly Node[] }
  | { readonly kind: "repeat"; readonly item: Node; readonly least: number; readonly most: number };

/**
 * An expression that is read when it is first needed, as policies are taken from the configuration far more often than
 * they change. What is no expression, or is too large, matches nothing.
 */
export function textPattern(text: string): TextPattern {
  let pattern: TextPattern | undefined;
  return {
    text,
    matches(given) {
      pattern ??= parseTextPattern(text) ?? { text, matches: () => false };
      return pattern.matches(given);
    },
  };
}

/** Reads an expression; undefined where it is none, or is larger than one may be. */
export function parseTextPattern(text: string): TextPattern | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const body = text.replace(/^\^/, "").replace(/(?<!\\)\$$/, "");
  const parser = new Parser(body);
  const node = parser.choice();
  if (node === undefined || !parser.isAtEnd) return undefined;
  const machine = new Machine();
  const start = machine.build(node, machine.add({ ways: [] }));
  return machine.isTooLarge ? undefined : { text, matches: (given) => machine.matches(start, given) };
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  choice(): Node | undefined {
    const items: Node[] = [];
    do {
      const branch = this.#branch();
      if (branch === undefined) return undefined;
      items.push(branch);
    } while (this.#take("|"));
    return { kind: "choice", items };
  }

  #branch(): Node | undefined {
    const items: Node[] = [];
    while (!this.isAtEnd && !"|)".includes(this.#peek())) {
      const atom = this.#atom();
      const item = atom && this.#repeated(atom);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return { kind: "sequence", items };
  }

  #repeated(item: Node): Node | undefined {
    if (this.#take("*")) return { kind: "repeat", item, least: 0, most: Number.POSITIVE_INFINITY };
    if (this.#take("+")) return { kind: "repeat", item, least: 1, most: Number.POSITIVE_INFINITY };
    if (this.#take("?")) return { kind: "repeat", item, least: 0, most: 1 };
    if (this.#peek() !== "{") return item;
    const [all = "", low, comma, high] = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(this.#text.slice(this.#at)) ?? [];
    if (low === undefined) return undefined;
    this.#at += all.length;
    const unbounded = comma === undefined ? Number(low) : Number.POSITIVE_INFINITY;
    const most = high === undefined ? unbounded : Number(high);
    return most < Number(low) ? undefined : { kind: "repeat", item, least: Number(low), most };
  }

  #atom(): Node | undefined {
    const character = this.#next();
    if (character === "(") {
      const inner = this.choice();
      return inner !== undefined && this.#take(")") ? inner : undefined;
    }
    if (character === "[") return this.#set();
    if (character === ".") return one(() => true);
    if (character === "\\") return this.#escaped();
    return "*+?{}^$]".includes(character) ? undefined : one((given) => given === character);
  }

  #escaped(): Node | undefined {
    const character = this.#next();
    if (character === "d") return one(isDigit);
    if (character === "" || /[A-Za-z0-9]/.test(character)) return undefined;
    return one((given) => given === character);
  }

  #set(): Node | undefined {
    const isNegated = this.#take("^");
    const ranges: (readonly [string, string])[] = [];
    while (!this.isAtEnd && this.#peek() !== "]") {
      const first = this.#next();
      const last = this.#peek() === "-" && this.#text[this.#at + 1] !== "]" ? this.#afterDash() : first;
      ranges.push([first, last]);
    }
    if (ranges.length === 0 || !this.#take("]")) return undefined;
    const test = (given: string): boolean => ranges.some(([first, last]) => first <= given && given <= last);
    return { kind: "character", test: (given) => test(given) !== isNegated, ranges: ranges.length };
  }

  #afterDash(): string {
    this.#at++;
    return this.#next();
  }

  #peek(): string {
    return this.#text[this.#at] ?? "";
  }

  #next(): string {
    const character = this.#peek();
    if (character !== "") this.#at++;
    return character;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }
}

/** The states of an expression; built from its end to its beginning, so that each knows what comes after it. */
class Machine {
  readonly #states: State[] = [];
  #size = 0;
  /** The visit in which a state was last reached: several times as fast as a set for each character. */
  readonly #visits: number[] = [];
  #visit = 0;

  get isTooLarge(): boolean {
    return this.#size > MAX_SIZE;
  }

  add(state: State): number {
    if (!this.isTooLarge) {
      this.#states.push(state);
      this.#visits.push(0);
    }
    return this.#states.length - 1;
  }

  /** The state in which a node begins that is followed by another state. */
  build(node: Node, next: number): number {
    this.#size += 1 + costOf(node);
    if (this.isTooLarge) return next;
    switch (node.kind) {
      case "character":
        return this.add({ test: node.test, next });
      case "sequence":
        return node.items.reduceRight((after, item) => this.build(item, after), next);
      case "choice":
        return this.add({ ways: node.items.map((item) => this.build(item, next)) });
      case "repeat":
        return this.#repeat(node.item, node.least, node.most, next);
    }
  }

  matches(start: number, given: string): boolean {
    let states = this.#reached([start]);
    for (const character of given) {
      const after: number[] = [];
      for (const index of states) {
        const state = this.#states[index];
        if (state !== undefined && "test" in state && state.test(character)) after.push(state.next);
      }
      if (after.length === 0) return false;
      states = this.#reached(after);
    }
    return states.includes(END);
  }

  #repeat(item: Node, least: number, most: number, next: number): number {
    let start = next;
    if (most === Number.POSITIVE_INFINITY) {
      const loop: { readonly ways: number[] } = { ways: [next] };
      start = this.add(loop);
      loop.ways.push(this.build(item, start));
    } else {
      for (let count = least; count < most && !this.isTooLarge; count++) {
        start = this.add({ ways: [this.build(item, start), next] });
      }
    }
    for (let count = 0; count < least && !this.isTooLarge; count++) start = this.build(item, start);
    return start;
  }

  /** States, each once, with all that follow from them without a character. */
  #reached(from: readonly number[]): readonly number[] {
    this.#visit++;
    const found: number[] = [];
    for (const index of from) this.#reach(index, found);
    for (const index of found) {
      const state = this.#states[index];
      if (state !== undefined && "ways" in state) for (const way of state.ways) this.#reach(way, found);
    }
    return found;
  }

  #reach(index: number, found: number[]): void {
    if (this.#visits[index] === this.#visit) return;
    this.#visits[index] = this.#visit;
    found.push(index);
  }
}

/** What a node adds to the size beside itself. */
function costOf(node: Node): number {
  switch (node.kind) {
    case "character":
      return node.ranges;
    case "choice":
      return node.items.length;
    case "sequence":
      return 0;
    case "repeat":
      return Number.isFinite(node.most) ? 2 * (node.most - node.least) : 2;
  }
}

/** A character that is compared at once. */
function one(test: Test): Node {
  return { kind: "character", test, ranges: 0 };
}

/** The first state that is added. */
const END = 0;

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9";
}
