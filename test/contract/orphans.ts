import type { ObjectStore } from "@contrail/store";

/** Links of all objects of a store to parents and targets, and a line for each that leads nowhere. */
export async function findOrphans(
  store: ObjectStore,
): Promise<{ readonly links: number; readonly problems: readonly string[] }> {
  const uuids = new Set<string>();
  const links: { readonly by: string; readonly uuid: string }[] = [];
  for await (const { type, uuid, parentUuid, refs } of store.all()) {
    uuids.add(uuid);
    const by = `${type} ${uuid}`;
    if (parentUuid !== undefined) links.push({ by, uuid: parentUuid });
    links.push(...refs.map(({ toUuid }) => ({ by, uuid: toUuid })));
  }
  const problems = links.flatMap(({ by, uuid }) =>
    uuids.has(uuid) ? [] : [`${by} needs ${uuid}, which is not there`],
  );
  return { links: links.length, problems };
}
