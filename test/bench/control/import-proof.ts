import type { OwnSpeaker } from "./ours.ts";

const MOST_INSTANCES = 10_000;

/** Rejects where the routing instances of a node of ours do not have so many routes together. */
export async function importProof({ introspect }: OwnSpeaker, routes: number): Promise<void> {
  const answer = await fetch(`http://${introspect}/instances?limit=${MOST_INSTANCES}`, {
    headers: { accept: "application/json" },
  });
  const instances = (await answer.json()) as readonly { readonly routes: number }[]; // The node's own page.
  const imported = instances.reduce((sum, instance) => sum + instance.routes, 0);
  if (imported !== routes) throw new Error(`the routing instances have ${imported} routes, not ${routes}`);
}
