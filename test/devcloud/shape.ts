/** Members whose inner names are the user's or the provider's own, not the API's. */
const FREE = new Set(["details", "resourcedetails"]);

/**
 * Where an answer differs from a recorded one: a member too many or missing, or of another type. Lists are compared by
 * their first items; `optional` members may be there or not.
 */
export function differences(
  recorded: unknown,
  ours: unknown,
  optional: ReadonlySet<string>,
  path = "",
): readonly string[] {
  if (typeOf(recorded) !== typeOf(ours)) return [`${path}: ${typeOf(ours)}, recorded ${typeOf(recorded)}`];
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    if (recorded.length === 0 || ours.length === 0) return [];
    return ours.flatMap((item, index) => leastDifferent(recorded, item, optional, `${path}[${index}]`));
  }
  if (!isObject(recorded) || !isObject(ours)) return [];
  const names = new Set([...Object.keys(recorded), ...Object.keys(ours)]);
  return [...names].flatMap((name) => {
    const at = `${path}.${name}`;
    if (!(name in ours)) return optional.has(name) ? [] : [`${at} is missing`];
    if (!(name in recorded)) return optional.has(name) ? [] : [`${at} is not recorded`];
    return FREE.has(name) ? [] : differences(recorded[name], ours[name], optional, at);
  });
}

/** Items of one recorded list may differ among themselves: ours must be like one of them. */
function leastDifferent(
  recorded: readonly unknown[],
  item: unknown,
  optional: ReadonlySet<string>,
  path: string,
): readonly string[] {
  const all = recorded.map((like) => differences(like, item, optional, path));
  return all.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? "list" : value === null ? "null" : typeof value;
}

/** True for an object with members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
