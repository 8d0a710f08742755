const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
/** The largest number that a double holds has 309; the time that a parser needs grows with their square. */
const MAX_DIGITS = 400;

/**
 * What a JSON text has that a parser would take silently: nesting beyond a limit, a key that stands twice in one object,
 * the key __proto__, and a number that would take long to read. Undefined where it has none of it; whether the text is JSON
 * is not looked at. One pass, before anything is built from the text.
 */
export function structureProblem(text: string, maxDepth: number): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let digits = 0;
  for (let index = 0; index < text.length; index++) {
    digits = isDigit(text, index) ? digits + 1 : 0;
    if (digits > MAX_DIGITS) return `a number has more than ${MAX_DIGITS} digits`;
    switch (text[index]) {
      case "{":
      case "[":
        open.push(text[index] === "{" ? new Set() : undefined);
        if (open.length > maxDepth) return `the body is nested deeper than ${maxDepth} levels`;
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case '"': {
        const end = stringEnd(text, index);
        const keys = open.at(-1);
        if (keys !== undefined && isKey(text, end)) {
          const problem = noteKey(keys, text.slice(index, end + 1));
          if (problem !== undefined) return problem;
        }
        index = end;
      }
    }
  }
  return undefined;
}

function noteKey(keys: Set<string>, quoted: string): string | undefined {
  const key = unquote(quoted);
  const shown = key.slice(0, 100);
  if (key === "__proto__") return `the key ${shown} is not allowed`;
  if (keys.has(key)) return `the key ${shown} stands twice in one object`;
  keys.add(key);
  return undefined;
}

/** Two spellings of one key are one key. */
function unquote(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

/** Index of the quote that ends a string; the text's length where none does. */
function stringEnd(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === BACKSLASH) index++;
    else if (character === QUOTE) return index;
  }
  return text.length;
}

/** True where a colon follows a string: it is a key. */
function isKey(text: string, end: number): boolean {
  for (let index = end + 1; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === COLON) return true;
    if (character !== 0x20 && character !== 0x09 && character !== 0x0a && character !== 0x0d) return false;
  }
  return false;
}

function isDigit(text: string, index: number): boolean {
  const character = text.charCodeAt(index);
  return character >= 0x30 && character <= 0x39;
}
