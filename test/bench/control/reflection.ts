import { BgpEnd } from "./bgp-end.ts";
import { announcements } from "./messages.ts";
import type { CaseName } from "./options.ts";
import { COLLECTORS, INJECTOR, PORT, type SpeakerUnderTest } from "./speaker-under-test.ts";

/** How each case loads a speaker. */
export const LOADS: Readonly<Record<CaseName, { readonly routesAMessage: number; readonly collectors: number }>> = {
  t1: { routesAMessage: 100, collectors: 1 },
  t2: { routesAMessage: 1, collectors: 1 },
  t3: { routesAMessage: 100, collectors: 10 },
};

/** What is sent in every round of a case. */
export interface Load {
  /** UPDATEs, one after the other. */
  readonly octets: Uint8Array;
  readonly routes: number;
  readonly collectors: number;
}

/** Encodes the messages of a case. */
export function loadOf(name: CaseName, routes: number): Load {
  const { routesAMessage, collectors } = LOADS[name];
  return { octets: announcements(routes, routesAMessage), routes, collectors };
}

/** What one round of one speaker took. */
export interface Round {
  /** Seconds from the first octet of the injector to the last route at the last collector. */
  readonly seconds: number;
  /** Processor seconds of the speaker meanwhile. */
  readonly cpu: number;
  /** Seconds from the end of the injector to the last withdrawal at the last collector. */
  readonly lossSeconds: number;
  readonly lossCpu: number;
  /** Resident octets a route above those before the round; of use in a speaker's first round alone. */
  readonly bytesARoute: number;
}

/** A speaker that has not reflected everything by then will not. */
const DEADLINE_MS = 600_000;

/**
 * One round: new sessions, all routes, then the loss of who gave them. Rejects where a session ends meanwhile, the signal
 * aborts, or nothing comes of it in ten minutes.
 */
export async function reflect(speaker: SpeakerUnderTest, load: Load, signal: AbortSignal): Promise<Round> {
  const { octets, routes, collectors } = load;
  const ends = await Promise.all(
    COLLECTORS.slice(0, collectors).map((address) => BgpEnd.establish(address, speaker.address, PORT)),
  );
  const injector = await BgpEnd.establish(INJECTOR, speaker.address, PORT);
  const closeAll = (): void => {
    for (const end of [injector, ...ends]) end.close();
  };
  const over = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  over.addEventListener("abort", closeAll);
  try {
    const [residentBefore, cpuBefore] = [speaker.residentBytes(), speaker.cpuSeconds()];
    const startedAt = performance.now();
    injector.send(octets);
    const seconds = secondsSince(startedAt, await Promise.all(ends.map((end) => end.heard("announced", routes))));
    const [resident, cpuAfter] = [speaker.residentBytes(), speaker.cpuSeconds()];
    const lostAt = performance.now();
    injector.close();
    const lossSeconds = secondsSince(lostAt, await Promise.all(ends.map((end) => end.heard("withdrawn", routes))));
    return {
      seconds,
      cpu: cpuAfter - cpuBefore,
      lossSeconds,
      lossCpu: speaker.cpuSeconds() - cpuAfter,
      bytesARoute: (resident - residentBefore) / routes,
    };
  } finally {
    over.removeEventListener("abort", closeAll);
    closeAll();
  }
}

function secondsSince(startedAt: number, times: readonly number[]): number {
  return (Math.max(...times) - startedAt) / 1_000;
}
