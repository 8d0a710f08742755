import { createHash } from "node:crypto";

/** The last line of proto/model-versions.txt. */
export interface NamedVersion {
  readonly major: number;
  readonly minor: number;
  readonly hash: string;
}

/** Hexadecimal digits of a hash. */
const DIGITS = 12;

/** The hash of proto files by path: of what they say, not of comments and spaces. */
export function modelHash(files: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256");
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const lines = text.split("\n").map((line) => line.trim().replaceAll(/\s+/g, " "));
    hash.update(`${path}\n${lines.filter((line) => line !== "" && !line.startsWith("//")).join("\n")}\n`);
  }
  return hash.digest("hex").slice(0, DIGITS);
}

/**
 * The version that the list of versions gives to a hash: "major.minor hash" a line, the newest last. Throws where the last
 * line has another hash, and says what to write.
 */
export function readVersions(text: string, hash: string): NamedVersion {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const versions = lines.map(readLine);
  for (const [index, version] of versions.entries()) {
    const before = versions[index - 1];
    if (before !== undefined && !follows(before, version)) throw new Error(`${lines[index]} does not follow its line`);
  }
  const last = versions.at(-1);
  if (last === undefined) throw new Error("proto/model-versions.txt names no version");
  if (last.hash === hash) return last;
  const { major, minor } = last;
  throw new Error(
    `proto/ has changed since ${major}.${minor} was written down. In proto/model-versions.txt: if ${major}.${minor} has not ` +
      `been released, put ${hash} into its line; else add the line "${major}.${minor + 1} ${hash}" where things were added ` +
      `only, each with since: ${minor + 1}, or "${major + 1}.0 ${hash}" where something went or means another thing`,
  );
}

/** The source of packages/schema/src/gen/model-version.ts. */
export function renderVersion({ major, minor, hash }: NamedVersion): string {
  return `// Generated from proto/model-versions.txt by packages/codegen: do not edit. Run: npm run generate
import type { ModelVersion } from "../model-version.ts";

export const GENERATED: ModelVersion = { major: ${major}, minor: ${minor}, hash: "${hash}" };
`;
}

function readLine(line: string): NamedVersion {
  const [, major, minor, hash = ""] = /^([0-9]+)\.([0-9]+) ([0-9a-f]{12})$/.exec(line) ?? [];
  if (hash === "") throw new Error(`proto/model-versions.txt: ${line} is no "major.minor hash"`);
  return { major: Number(major), minor: Number(minor), hash };
}

function follows(before: NamedVersion, { major, minor }: NamedVersion): boolean {
  if (major === before.major) return minor === before.minor + 1;
  return major === before.major + 1 && minor === 0;
}
