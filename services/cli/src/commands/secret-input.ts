import { readFileSync, statSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { ContrailError } from "@contrail/errors";

const READABLE_BY_OTHERS = 0o077;

/**
 * A secret from a file that nobody else may read, from standard input for "-" and where that is no terminal, or typed
 * twice without being shown. Never from the command line: everybody on a machine sees those. One line, without its end.
 */
export async function readSecret(what: string, file: string | undefined): Promise<string> {
  if (file !== undefined && file !== "-") return oneLine(what, readPrivate(file));
  if (file === "-" || !process.stdin.isTTY) return oneLine(what, readFileSync(0, "utf8"));
  const typed = await ask(`${what}: `);
  if ((await ask(`${what}, again: `)) !== typed) throw new ContrailError("cli.bad_request", "the two are not the same");
  return oneLine(what, typed);
}

function readPrivate(file: string): string {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) {
    const other = "typed where there is no --password-file, or read from standard input by -";
    throw new ContrailError("cli.not_found", `there is no file ${file}; a secret is ${other}`);
  }
  if ((mode & READABLE_BY_OTHERS) !== 0) {
    throw new ContrailError("cli.bad_request", `${file}: others may read it: chmod 600 ${file}`);
  }
  return readFileSync(file, "utf8");
}

function oneLine(what: string, text: string): string {
  const line = text.replace(/\r?\n$/, "");
  if (line !== "" && !/[\r\n]/.test(line)) return line;
  throw new ContrailError("cli.bad_request", `the ${what} must be one line that is not empty`);
}

async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await terminal.question("");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
