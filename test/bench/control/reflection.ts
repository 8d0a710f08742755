import { BgpEnd } from "./bgp-end.ts";
import { COLLECTORS, INJECTOR, type SpeakerUnderTest } from "./speaker-under-test.ts";

/** What is sent to a speaker in every round of a case. */
export interface Load {
  /** UPDATEs, one after the other. */
  readonly octets: Uint8Array;
  /** Routes among them that every collector is to be sent. */
  readonly routes: number;
  readonly collectors: number;
  /** With route-target constraint on the collectors' sessions: what they ask for. */
  readonly constraint?: Constraint;
}

/** Route-target constraint (RFC 4684), both ways. */
export interface Constraint {
  /** UPDATEs with a collector's memberships. */
  readonly memberships: Uint8Array;
  /** Memberships that the speaker has itself, because its routing instances import their targets. */
  readonly ofSpeaker: number;
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

/** A speaker has not done a round in the time that it had. */
export class TooSlow extends Error {}

/**
 * One round: new sessions, all routes, then the loss of who gave them. loaded runs between the two. Rejects where a
 * session ends meanwhile, a collector gets what it has not asked for, or the signal aborts; with TooSlow where the time
 * is over.
 */
export async function reflect(
  speaker: SpeakerUnderTest,
  { octets, routes, collectors, constraint }: Load,
  patienceMs: number,
  signal: AbortSignal,
  loaded: () => Promise<void> = () => Promise.resolve(),
): Promise<Round> {
  const asking = constraint === undefined ? {} : { memberships: constraint.memberships };
  const ends = await Promise.all(
    COLLECTORS.slice(0, collectors).map((address) => BgpEnd.establish(address, speaker, signal, asking)),
  );
  const injector = await BgpEnd.establish(INJECTOR, speaker, signal);
  const closeAll = (): void => {
    for (const end of [injector, ...ends]) end.close();
  };
  const late = AbortSignal.timeout(patienceMs);
  const over = AbortSignal.any([signal, late]);
  over.addEventListener("abort", closeAll);
  try {
    if (constraint !== undefined) await Promise.all(ends.map((end) => end.heard("memberships", constraint.ofSpeaker)));
    const [residentBefore, cpuBefore] = [speaker.residentBytes(), speaker.cpuSeconds()];
    const startedAt = performance.now();
    injector.send(octets);
    const seconds = secondsSince(startedAt, await Promise.all(ends.map((end) => end.heard("announced", routes))));
    const cpuAfter = speaker.cpuSeconds();
    await loaded();
    const [resident, cpuLoaded] = [speaker.residentBytes(), speaker.cpuSeconds()];
    const lostAt = performance.now();
    injector.close();
    const lossSeconds = secondsSince(lostAt, await Promise.all(ends.map((end) => end.heard("withdrawn", routes))));
    for (const { counts } of ends) {
      if (counts.announced !== routes)
        throw new Error(`a collector of ${speaker.name} was sent ${counts.announced} routes, and asked for ${routes}`);
    }
    return {
      seconds,
      cpu: cpuAfter - cpuBefore,
      lossSeconds,
      lossCpu: speaker.cpuSeconds() - cpuLoaded,
      bytesARoute: (resident - residentBefore) / routes,
    };
  } catch (reason) {
    signal.throwIfAborted();
    if (!late.aborted) throw reason;
    throw new TooSlow(`${speaker.name} ${speaker.version} has not done a round in ${patienceMs / 1_000} s`);
  } finally {
    over.removeEventListener("abort", closeAll);
    closeAll();
  }
}

function secondsSince(startedAt: number, times: readonly number[]): number {
  return (Math.max(...times) - startedAt) / 1_000;
}
