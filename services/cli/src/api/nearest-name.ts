/** Edits that a name may be away and still be meant. */
const FARTHEST = 3;

/** ", did you mean X?", or an empty text where nothing is near. */
export function suggestion(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? "" : `; did you mean ${nearest}?`;
}

/** The known name that is the fewest edits away, at most a third of its letters; or the only one that ends in the name. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const plain = plainText(name);
  const all = [...known];
  const [longer, another] =
    plain.length > 3 ? all.filter((candidate) => plainText(candidate).endsWith(`_${plain}`)) : [];
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of all) {
    const other = plainText(candidate);
    const distance = editDistance(plain, other);
    const limit = Math.min(FARTHEST, Math.floor(Math.max(plain.length, other.length) / 3));
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name: candidate, distance };
  }
  return best?.name ?? (another === undefined ? longer : undefined);
}

/** Hyphen, underscore and case make no difference. */
function plainText(name: string): string {
  return name.toLowerCase().replaceAll("-", "_");
}

/** Levenshtein's distance: insertions, deletions and replacements of one letter. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > FARTHEST) return FARTHEST + 1;
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const line = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      line.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1));
    }
    above = line;
  }
  return above[b.length] ?? 0;
}
