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
export async function growthCase(options: Options, signal: AbortSignal): Promise<void> {
  const { large, peers } = options;
  const sizes = PARTS.map((part) => Math.floor(large / part));
  await Field.with(async (field) => {
    let speakers = [await field.ours(), ...(await field.peers(peers, signal))];
    const points = new Map<string, (readonly [number, number])[]>();
    let figures: readonly Figures[] = [];
    for (const routes of sizes) {
      const load = loadOf("t1", routes, Math.ceil(routes / ROUTES_A_SET));
      const name = `growth@${routes}`;
      const entries = speakers.map((speaker) => ({ speaker, load }));
      figures = (await interleaved(name, entries, options, signal)).map(loadFigures);
      printComparison({ name, unit: "s", on: loadText("t1", routes) }, figures);
      for (const { label, values } of figures)
        points.set(label, [...(points.get(label) ?? []), [Math.log(routes), Math.log(median(values))]]);
      speakers = speakers.filter(({ name: label }) => figures.some((each) => each.label === label));
    }
    const exponents = figures.map((each) => ({ ...each, values: [slope(points.get(each.label) ?? [])], cpu: [] }));
    const on = sizes.map((routes) => `${routes} routes`);
    printComparison({ name: "growth", unit: "exponent", on }, exponents);
  });
}
