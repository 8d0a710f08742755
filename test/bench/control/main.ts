// `npm run bench -- control`: the control node as a route reflector beside GoBGP, FRR and BIRD, and with its agents.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { runProgram } from "@contrail/testkit/program";
import { HELP, readOptions } from "./options.ts";

const CASES = fileURLToPath(new URL("cases.ts", import.meta.url));

async function main(): Promise<number> {
  const given = process.argv.slice(2);
  if (readOptions(given) === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  if (process.geteuid?.() !== 0) throw new Error("bgpd of FRR can be started by root only: run this as root");
  // A network of its own: addresses and ports are fixed, and other speakers of the machine may have them.
  const inside = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh", process.execPath, CASES, ...given];
  const child = spawn("unshare", ["--net", ...inside], { stdio: "inherit" });
  // It ends what it has started, and then itself.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  const [code]: (number | null)[] = await once(child, "exit");
  return code ?? 1;
}

await runProgram(main);
