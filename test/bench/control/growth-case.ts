import { median, slope } from "../result-line.ts";
import { type Figures, printComparison } from "./comparison.ts";
import { Field } from "./field.ts";
import type { Options } from "./options.ts";
import { loadOf, loadText } from "./reflection-case.ts";
import { interleaved, loadFigures } from "./rounds.ts";

/** Sizes are these parts of the largest. */
const PARTS = [100, 10, 1] as const;
/** In a set of attributes, whatever the size: messages are equally full. */
const ROUTES_A_SET = 100;

/** t1 at three sizes, and the exponent of its growth: least squares of the logarithm of time over that of routes. */
export async function growthCase({ large, runs, peers }: Options, signal: AbortSignal): Promise<void> {
  await Field.with(async (field) => {
    const speakers = [await field.ours(), ...field.peers(peers)];
    const sized: { readonly routes: number; readonly figures: readonly Figures[] }[] = [];
    for (const part of PARTS) {
      const routes = Math.floor(large / part);
      const load = loadOf("t1", routes, Math.ceil(routes / ROUTES_A_SET));
      const entries = speakers.map((speaker) => ({ speaker, load }));
      const name = `growth@${routes}`;
      const figures = (await interleaved(name, entries, runs, signal)).map(loadFigures);
      printComparison({ name, unit: "s", on: loadText("t1", routes) }, figures);
      sized.push({ routes, figures });
    }
    const exponents = speakers.map((speaker, index): Figures => {
      const points = sized.flatMap(({ routes, figures }) => {
        const values = figures[index]?.values;
        return values === undefined ? [] : [[Math.log(routes), Math.log(median(values))] as const];
      });
      return { label: speaker.name, program: speaker.name, version: speaker.version, values: [slope(points)], cpu: [] };
    });
    const on = sized.map(({ routes }) => `${routes} routes`);
    printComparison({ name: "growth", unit: "exponent", on }, exponents);
  });
}
