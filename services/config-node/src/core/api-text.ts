/** A list of texts as the API's error texts show it: ['a', 'b']. */
export function quotedList(items: readonly string[]): string {
  return `[${items.map((item) => `'${item}'`).join(", ")}]`;
}
