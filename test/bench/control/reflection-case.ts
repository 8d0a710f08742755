import { printComparison } from "./comparison.ts";
import { Field } from "./field.ts";
import { announcements } from "./messages.ts";
import type { Options } from "./options.ts";
import type { Load } from "./reflection.ts";
import { interleaved, loadFigures, lossFigures } from "./rounds.ts";

/** How each case loads a speaker. */
const LOADS = {
  t1: { routesAMessage: 100, collectors: 1 },
  t2: { routesAMessage: 1, collectors: 1 },
  t3: { routesAMessage: 100, collectors: 10 },
} as const;

/** What is sent in every round of a case, in 1,000 sets of attributes, or another number of them. */
export function loadOf(name: keyof typeof LOADS, routes: number, sets?: number): Load {
  const { routesAMessage, collectors } = LOADS[name];
  return { octets: announcements({ routes, routesAMessage, sets }), routes, collectors };
}

/** What a line of a case says about its load. */
export function loadText(name: keyof typeof LOADS, routes: number): readonly string[] {
  const { routesAMessage, collectors } = LOADS[name];
  return [`${routes} VPNv4 routes`, `${routesAMessage} a message`, `collectors: ${collectors}`, "reflection"];
}

/** t1, t2 or t3: reflection by ours and the peers; with t1 the loss of the injector, t7. */
export async function reflectionCase(name: keyof typeof LOADS, options: Options, signal: AbortSignal): Promise<void> {
  const { routes, peers } = options;
  const load = loadOf(name, routes);
  const on = loadText(name, routes);
  await Field.with(async (field) => {
    const speakers = [await field.ours(), ...(await field.peers(peers, signal))];
    const entries = speakers.map((speaker) => ({ speaker, load }));
    const results = await interleaved(name, entries, options, signal);
    printComparison({ name, unit: "s", on }, results.map(loadFigures));
    if (name === "t1") printComparison({ name: "t7", unit: "s", on }, results.map(lossFigures));
  });
}
