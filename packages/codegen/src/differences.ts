/** Names of files that are not the same in two sets of texts by name: changed, missing in one, or missing in the other. */
export function differences(
  committed: ReadonlyMap<string, string>,
  fresh: ReadonlyMap<string, string>,
): readonly string[] {
  const names = [...new Set([...committed.keys(), ...fresh.keys()])];
  return names.filter((name) => committed.get(name) !== fresh.get(name));
}
