import { printComparison } from "./comparison.ts";
import { Field } from "./field.ts";
import { importProof } from "./import-proof.ts";
import { SETS } from "./messages.ts";
import type { Options } from "./options.ts";
import { loadOf, loadText } from "./reflection-case.ts";
import { interleaved, memoryFigures } from "./rounds.ts";
import { separateNetworks } from "./routing-instances.ts";

/** In which a speaker gives back what it needed for the load alone. */
const IDLE_MS = 10_000;

/**
 * t5: resident bytes a route, ten seconds after the first load of a process; of ours with a copy of each route in a routing instance. The
 * peers have no instances: FRR and BIRD need a kernel's routing tables for them, GoBGP looks for their routes when asked.
 */
export async function memoryCase(options: Options, signal: AbortSignal): Promise<void> {
  const { large, peers } = options;
  const load = loadOf("t1", large);
  const on = [...loadText("t1", large), `${SETS} instances`, "imports: 1"];
  await Field.with(async (field) => {
    const ours = await field.ours({ objects: separateNetworks(SETS) });
    const entries = (await field.peers(peers, signal)).map((speaker) => ({ speaker, load, proof: idle }));
    const proof = async (): Promise<void> => {
      await importProof(ours, large);
      await idle();
    };
    const results = await interleaved(
      "t5",
      [{ speaker: ours, load, proof }, ...entries],
      { ...options, runs: 0 },
      signal,
    );
    printComparison({ name: "t5", unit: "bytes/route", on }, results.map(memoryFigures));
  });
}

function idle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, IDLE_MS));
}
