// The cases of `npm run bench -- control`, in the network that main.ts has made.
import { runProgram } from "@contrail/testkit/program";
import { endOfBench } from "../end-of-bench.ts";
import { agentsCase } from "./agents-case.ts";
import { growthCase } from "./growth-case.ts";
import { holdTimeCase } from "./hold-time-case.ts";
import { instancesCase } from "./instances-case.ts";
import { memoryCase } from "./memory-case.ts";
import { type CaseName, type Options, readOptions } from "./options.ts";
import { reflectionCase } from "./reflection-case.ts";

type Case = (options: Options, signal: AbortSignal) => Promise<void>;

const CASES: Readonly<Record<CaseName, Case>> = {
  t1: (options, signal) => reflectionCase("t1", options, signal),
  t2: (options, signal) => reflectionCase("t2", options, signal),
  t3: (options, signal) => reflectionCase("t3", options, signal),
  t4: instancesCase,
  t5: memoryCase,
  t6: agentsCase,
  t8: holdTimeCase,
  growth: growthCase,
};

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") return 0; // main.ts has given it.
  const signal = endOfBench();
  for (const name of options.cases) {
    signal.throwIfAborted();
    await CASES[name](options, signal);
  }
  return 0;
}

await runProgram(main);
