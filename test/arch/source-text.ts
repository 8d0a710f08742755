/** What may stand before a slash that begins a regular expression rather than divides. */
const BEFORE_REGEX = /(^|[(,=:[!&|?{};+\-*%<>~^]|\b(return|typeof|case|in|of))\s*$/;

/** TypeScript with comments, and if asked also the insides of strings and patterns, as spaces; lines and columns stay. */
export function codeOf(text: string, blankStrings = true): string {
  const scan = new Scan(text, blankStrings);
  scan.code(false);
  return scan.out;
}

class Scan {
  out = "";
  readonly #text: string;
  readonly #blankStrings: boolean;
  #at = 0;

  constructor(text: string, blankStrings: boolean) {
    this.#text = text;
    this.#blankStrings = blankStrings;
  }

  /** Code up to the end, or up to the brace that closes a template's hole. */
  code(inTemplate: boolean): void {
    let depth = 0;
    while (this.#at < this.#text.length) {
      const two = this.#text.slice(this.#at, this.#at + 2);
      const one = two.charAt(0);
      if (inTemplate && one === "}" && depth === 0) return;
      if (one === "{") depth += 1;
      if (one === "}") depth -= 1;
      if (two === "//") this.#blank(this.#end("\n", 0));
      else if (two === "/*") this.#blank(this.#end("*/", 2));
      else if (one === '"' || one === "'") this.#string(one);
      else if (one === "`") this.#template();
      else if (one === "/" && BEFORE_REGEX.test(this.out.slice(-40))) this.#regex();
      else this.#keep(1);
    }
  }

  #end(mark: string, markLength: number): number {
    const found = this.#text.indexOf(mark, this.#at + markLength);
    return found < 0 ? this.#text.length : found + markLength;
  }

  #keep(count: number): void {
    this.out += this.#text.slice(this.#at, this.#at + count);
    this.#at += count;
  }

  #blank(end: number): void {
    this.out += this.#text.slice(this.#at, end).replace(/[^\n]/g, " ");
    this.#at = end;
  }

  #inside(count: number): void {
    if (this.#blankStrings) this.#blank(this.#at + count);
    else this.#keep(count);
  }

  #string(quote: string): void {
    this.#keep(1);
    while (this.#at < this.#text.length && this.#text[this.#at] !== quote) {
      this.#inside(this.#text[this.#at] === "\\" ? 2 : 1);
    }
    this.#keep(1);
  }

  #template(): void {
    this.#keep(1);
    while (this.#at < this.#text.length && this.#text[this.#at] !== "`") {
      if (this.#text.startsWith("${", this.#at)) {
        this.#keep(2);
        this.code(true);
        this.#keep(1);
      } else this.#inside(this.#text[this.#at] === "\\" ? 2 : 1);
    }
    this.#keep(1);
  }

  #regex(): void {
    this.#keep(1);
    let inClass = false;
    while (this.#at < this.#text.length && (inClass || this.#text[this.#at] !== "/")) {
      const character = this.#text[this.#at];
      if (character === "[") inClass = true;
      if (character === "]") inClass = false;
      this.#inside(character === "\\" ? 2 : 1);
    }
    this.#keep(1);
  }
}
