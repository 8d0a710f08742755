import { progress } from "../result-line.ts";
import type { Figures } from "./comparison.ts";
import type { Options } from "./options.ts";
import { type Load, type Round, reflect, TooSlow } from "./reflection.ts";
import type { SpeakerUnderTest } from "./speaker-under-test.ts";

/** Between two rounds, in which a speaker gives up what the last one left. */
const SETTLE_MS = 300;

/** A speaker with what it is loaded with. */
export interface Entry {
  readonly speaker: SpeakerUnderTest;
  readonly load: Load;
  /** What it is called in lines; the speaker's name where absent. */
  readonly label?: string;
  /** Looks at a speaker that has all routes; rejects where it does not do what it is measured for. */
  readonly proof?: () => Promise<void>;
}

/** What the rounds of one entry took: the first, in which programs are warmed, and those that count. */
export interface Rounds {
  readonly entry: Entry;
  readonly first: Round;
  readonly counted: readonly Round[];
}

/**
 * Rounds of all entries in turn, so many and one more; the results in the order of the entries. A peer that has not done
 * a round in time is left out, of the results too.
 */
export async function interleaved(
  name: string,
  entries: readonly Entry[],
  { runs, patience }: Pick<Options, "runs" | "patience">,
  signal: AbortSignal,
): Promise<readonly Rounds[]> {
  let done = entries.map((entry) => ({ entry, rounds: [] as Round[] }));
  for (let run = 0; run <= runs; run++) {
    for (const each of done) {
      const { speaker, load, proof, label = speaker.name } = each.entry;
      signal.throwIfAborted();
      progress(`${name}: ${label}, ${run === 0 ? "warming" : `round ${run} of ${runs}`}`);
      try {
        each.rounds.push(await reflect(speaker, load, patience * 1_000, signal, run === 0 ? proof : undefined));
      } catch (reason) {
        if (!(reason instanceof TooSlow) || speaker.name === "ours") throw reason;
        progress(`${name}: ${reason.message}: it is left out`);
        done = done.filter((other) => other !== each);
      }
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    }
  }
  return done.flatMap(({ entry, rounds: [first, ...counted] }) =>
    first === undefined ? [] : { entry, first, counted },
  );
}

/** Seconds of the rounds that count, from the first octet in to the last route out. */
export function loadFigures(rounds: Rounds): Figures {
  return { ...figures(rounds), values: of(rounds, "seconds"), cpu: of(rounds, "cpu") };
}

/** Seconds of the rounds that count, from the loss of the injector to the last withdrawal. */
export function lossFigures(rounds: Rounds): Figures {
  return { ...figures(rounds), values: of(rounds, "lossSeconds"), cpu: of(rounds, "lossCpu") };
}

/** Resident bytes a route, in the first round of a speaker. */
export function memoryFigures(rounds: Rounds): Figures {
  return { ...figures(rounds), values: [rounds.first.bytesARoute], cpu: [] };
}

function figures({ entry: { speaker, label = speaker.name } }: Rounds): Omit<Figures, "values" | "cpu"> {
  const { name, version } = speaker;
  return name === "ours"
    ? { label, program: "node", version: process.versions.node }
    : { label, program: name, version };
}

function of({ counted }: Rounds, measure: keyof Round): readonly number[] {
  return counted.map((round) => round[measure]);
}
