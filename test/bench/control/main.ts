// `npm run bench -- control`: the control node as a route reflector beside GoBGP, FRR and BIRD.
import { mkdtempSync, rmSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { endOfBench } from "../end-of-bench.ts";
import { median, printLine, progress } from "../result-line.ts";
import { type CaseName, HELP, type Options, readOptions } from "./options.ts";
import { startOurs } from "./ours.ts";
import { PEERS } from "./peers.ts";
import { LOADS, loadOf, type Round, reflect } from "./reflection.ts";
import type { SpeakerUnderTest } from "./speaker-under-test.ts";

/** Between two rounds, in which a speaker gives up what the last one left. */
const SETTLE_MS = 300;

type Rounds = ReadonlyMap<SpeakerUnderTest, Round[]>;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  if (process.geteuid?.() !== 0) throw new Error("bgpd of FRR can be started by root only: run this as root");
  const signal = endOfBench();
  const directory = mkdtempSync(join(tmpdir(), "contrail-bench-control-"));
  const speakers: SpeakerUnderTest[] = [];
  try {
    speakers.push(await startOurs(directory));
    for (const name of options.peers) {
      const speaker = PEERS[name](directory);
      if (speaker === undefined) progress(`${name} is not installed: it is left out`);
      else speakers.push(speaker);
    }
    for (const name of options.cases) printCase(name, await rounds(name, speakers, options, signal), options);
  } finally {
    await Promise.all(speakers.map((speaker) => speaker.stop()));
    rmSync(directory, { recursive: true });
  }
  return 0;
}

/** One round more than asked for: in the first one programs are warmed, and memory is measured. */
async function rounds(
  name: CaseName,
  speakers: readonly SpeakerUnderTest[],
  { runs, routes }: Options,
  signal: AbortSignal,
): Promise<Rounds> {
  const load = loadOf(name, routes);
  const done = new Map(speakers.map((speaker) => [speaker, [] as Round[]]));
  for (let run = 0; run <= runs; run++) {
    for (const [speaker, results] of done) {
      signal.throwIfAborted();
      progress(`${name}: ${speaker.name}, ${run === 0 ? "warming" : `round ${run} of ${runs}`}`);
      results.push(await reflect(speaker, load, signal));
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    }
  }
  return done;
}

function printCase(name: CaseName, results: Rounds, { runs, routes }: Options): void {
  const { routesAMessage, collectors } = LOADS[name];
  const counted = (speaker: SpeakerUnderTest, value: (round: Round) => number): number =>
    median((results.get(speaker) ?? []).slice(1).map(value));
  const [ours, ...theirs] = results.keys();
  if (ours === undefined) return;
  const on = [`${routes} VPNv4 routes`, `${routesAMessage} a message`, `collectors: ${collectors}`, "reflection"];
  for (const peer of theirs) {
    const versions = { kernel: release(), node: process.versions.node, [peer.name]: peer.version };
    const common = { bench: "control", unit: "s", better: "lower", runs, versions, on } as const;
    const line = (label: string, value: (round: Round) => number, cpu: (round: Round) => number): void => {
      const [own, other] = [counted(ours, value), counted(peer, value)];
      const used = { ours: counted(ours, cpu), theirs: counted(peer, cpu) };
      printLine({ ...common, name: `${label}/${peer.name}`, ours: own, theirs: other, ratio: own / other, cpu: used });
    };
    line(
      name,
      ({ seconds }) => seconds,
      ({ cpu }) => cpu,
    );
    if (name !== "t1") continue;
    line(
      "t7",
      ({ lossSeconds }) => lossSeconds,
      ({ lossCpu }) => lossCpu,
    );
    const bytes = (speaker: SpeakerUnderTest): number => results.get(speaker)?.[0]?.bytesARoute ?? Number.NaN;
    const memory = { ours: bytes(ours), theirs: bytes(peer), ratio: bytes(ours) / bytes(peer) };
    printLine({ ...common, name: `t5/${peer.name}`, ...memory, unit: "bytes/route", runs: 1 });
  }
}

try {
  process.exitCode = await main();
} catch (reason) {
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exitCode = 1;
}
