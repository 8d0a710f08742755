import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "@contrail/testkit/embedded";

const DOCUMENT = join(REPOSITORY, "docs/reliability.md");
const HEAD = `# Reliability

Long campaigns, each run by \`npm run test:soak -- NAME\`; a row is the last one of its name and variant. The same seed gives
the same choices; what the machine does meanwhile differs. \`npm test\` runs a sample of each.
`;

/** A row of a table of docs/reliability.md. */
export interface ReportRow {
  /** Heads of the table's columns; they tell the tables apart. */
  readonly columns: readonly string[];
  readonly cells: readonly (string | number)[];
  /** How many cells from the left name the row: an older one with the same is replaced. */
  readonly nameCells: number;
}

/** Puts a row into its table of docs/reliability.md; where there is none, into a new one at the end. */
export function writeRow(row: ReportRow): void {
  const text = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, "utf8") : HEAD;
  writeFileSync(DOCUMENT, withRow(text, row));
}

/** The document with a row in it. */
export function withRow(text: string, { columns, cells, nameCells }: ReportRow): string {
  const lines = text.trimEnd().split("\n");
  const head = lineOf(columns);
  const start = lines.indexOf(head);
  if (start < 0) return `${[...lines, "", head, `|${"---|".repeat(columns.length)}`, lineOf(cells)].join("\n")}\n`;
  let end = start;
  while (lines[end]?.startsWith("|")) end++;
  const name = lineOf(cells.slice(0, nameCells));
  const table = lines.slice(start, end).filter((line) => !line.startsWith(name));
  return `${[...lines.slice(0, start), ...table, lineOf(cells), ...lines.slice(end)].join("\n")}\n`;
}

/** The commit that is checked out. */
export function commit(): string {
  return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: REPOSITORY, encoding: "utf8" }).trim();
}

function lineOf(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}
