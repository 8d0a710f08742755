import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../config.ts";

const CURL = "services/cli/src/stand-in/curl-main.ts";

/** Writes stand-ins for programs that a machine may lack into a directory, which goes behind its search path. */
export function writePrograms(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const command = `exec '${quoted(process.execPath)}' '${quoted(join(REPOSITORY, CURL))}' "$@"`;
  writeFileSync(join(directory, "curl"), `#!/bin/sh\n${command}\n`, { mode: 0o700 });
}

/** Inside single quotes of sh. */
function quoted(text: string): string {
  return text.replaceAll("'", "'\\''");
}
