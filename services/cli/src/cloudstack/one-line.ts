/** Text of strangers on one line: names of CloudStack may hold anything, also what moves a terminal's cursor. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
