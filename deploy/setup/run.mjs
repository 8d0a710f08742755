// The way in: `npm start`, `npm test` and the other scripts of package.json. Runs on the machine's own Node (20 or later)
// without node_modules: installs what is missing, says so on stderr, then hands over to Node 24 from npm.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { preferNewestGoBgp } from "./go-programs.mjs";
import { ensurePackages, ROOT } from "./packages.mjs";
import { programList } from "./programs.mjs";
import { runTests, TESTS_USAGE } from "./tests.mjs";
import { ensurePrograms, ensureTestTools } from "./tools.mjs";

const [command = "start", ...args] = process.argv.slice(2);

/** Runs a program of the repository with Node 24; gives its exit code. Signals reach it, and we end with it. */
function handOver(program, programArgs) {
  const node = join(ROOT, "node_modules/.bin/node");
  const env = { ...process.env, NODE_COMPILE_CACHE: join(ROOT, ".contrail/cache/node"), NODE_NO_WARNINGS: "1" };
  const child = spawn(node, [join(ROOT, program), ...programArgs], { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once("error", (reason) => {
      process.stderr.write(`cannot run ${node}: ${reason.message}\n`);
      resolve(1);
    });
    // Of what a signal has ended, as shells give it.
    child.once("exit", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** Help of `npm run bench`, `npm run test:soak` and `npm test`, which needs nothing installed; undefined: it is not asked for. */
function help() {
  const asks = (arg) => arg === "--help" || arg === "-h";
  if (command === "test") return args.some(asks) ? TESTS_USAGE : undefined;
  return (command === "bench" || command === "soak") && asks(args[0]) ? programList(command) : undefined;
}

async function run() {
  const text = help();
  if (text !== undefined) {
    process.stdout.write(text);
    return 0;
  }
  await ensurePackages();
  switch (command) {
    case "start":
      await ensurePrograms();
      return handOver("services/cli/src/main.ts", ["up", ...args]);
    case "contrail":
      return handOver("services/cli/src/main.ts", args);
    case "test":
      return runTests(args);
    case "soak":
    case "bench": {
      const name = args[0] ?? "";
      const program = `test/${command}/${name}/main.ts`;
      if (!/^[a-z0-9-]+$/.test(name) || !existsSync(join(ROOT, program))) {
        process.stderr.write(
          `${name === "" ? `which ${command}?` : `there is no ${command} ${name}`}\n${programList(command)}`,
        );
        return 2;
      }
      await ensureTestTools();
      if (name === "control") await preferNewestGoBgp();
      return handOver(program, args.slice(1));
    }
    default:
      process.stderr.write(`unknown command ${command}\n`);
      return 2;
  }
}

try {
  process.exitCode = await run();
} catch (reason) {
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exitCode = 1;
}
