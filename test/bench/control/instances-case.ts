import { printComparison } from "./comparison.ts";
import { Field } from "./field.ts";
import { importProof } from "./import-proof.ts";
import { announcements, memberships, SETS } from "./messages.ts";
import type { Options } from "./options.ts";
import { loadOf, loadText } from "./reflection-case.ts";
import { interleaved, loadFigures } from "./rounds.ts";
import { connectedNetworks } from "./routing-instances.ts";

/** Routes of a target that no collector asks for: they must not be sent to one. */
const UNASKED = 100;
/** Instances that import each route: see importedSets. */
const IMPORTS = 2;

/**
 * t4: as t1, with import into routing instances and route-target constraint. Beside GoBGP with the same instances, and
 * beside our own t1. FRR and BIRD can do neither without a kernel's routing tables.
 */
export async function instancesCase(options: Options, signal: AbortSignal): Promise<void> {
  const { routes, peers } = options;
  const plain = loadOf("t1", routes);
  const unasked = announcements({ routes: UNASKED, routesAMessage: UNASKED, sets: 1, firstSet: SETS });
  const constraint = { memberships: memberships(SETS), ofSpeaker: SETS };
  // In front: a collector that was sent these would have had them before the last of those that it waits for.
  const load = { ...plain, octets: Buffer.concat([unasked, plain.octets]), constraint };
  const on = [...loadText("t1", routes), `${SETS} instances`, `imports: ${IMPORTS}`, "route-target constraint"];
  await Field.with(async (field) => {
    const ours = await field.ours({ objects: connectedNetworks(SETS) });
    const others = await field.peers(
      peers.filter((name) => name === "gobgp"),
      signal,
      SETS,
    );
    const results = await interleaved(
      "t4",
      [
        { speaker: ours, load, proof: () => importProof(ours, IMPORTS * routes) },
        ...others.map((speaker) => ({ speaker, load })),
        { speaker: await field.oursBeside(), load: plain, label: "t1" },
      ],
      options,
      signal,
    );
    printComparison({ name: "t4", unit: "s", on }, results.map(loadFigures));
  });
}
