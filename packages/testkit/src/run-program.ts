/** The command line of a program is wrong; the message says what it takes. */
export class UsageError extends Error {}

/** Runs a program of the tests; a failure is one line on stderr and code 1, or 2 where the command line is wrong. */
export async function runProgram(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (reason) {
    const { message, code }: NodeJS.ErrnoException = reason instanceof Error ? reason : new Error(String(reason));
    const isUsage = reason instanceof UsageError || code?.startsWith("ERR_PARSE_ARGS") === true;
    process.stderr.write(`${message}${isUsage ? "; see --help" : ""}\n`);
    process.exitCode = isUsage ? 2 : 1;
  }
}
