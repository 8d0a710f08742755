import { wantsColour } from "../config.ts";

/** One line of a demonstration. */
export interface Step {
  readonly step: number;
  readonly title: string;
  readonly ok: boolean;
  /** What was measured, or what was wrong and what to look at. */
  readonly detail: string;
  readonly seconds: number;
}

/** A line of progress on stderr: stdout is for results. */
export function progress(text: string): void {
  process.stderr.write(`${paint(process.stderr, "2", "·")} ${text}\n`);
}

/** A step on stdout: a line for people, or one JSON object. */
export function stepLine(step: Step, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(step)}\n`);
  else {
    const mark = step.ok ? paint(process.stdout, "32", "ok  ") : paint(process.stdout, "31", "FAIL");
    process.stdout.write(`${mark} ${step.step}. ${step.title}: ${step.detail} (${step.seconds.toFixed(1)} s)\n`);
  }
}

/** Text of others (names of tenants, texts of peers) without what would steer a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** Rows with aligned columns; the first one is the head. Control characters of cells are written out. */
export function table(shown: readonly (readonly string[])[]): string {
  const rows = shown.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  const lines = rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

/** Text in a colour (SGR code), where the stream wants colour. */
export function paint(stream: NodeJS.WriteStream, code: string, text: string): string {
  return wantsColour(stream) ? `\x1b[${code}m${text}\x1b[0m` : text;
}
