/** Members whose inner names are the user's or the provider's own, not the API's. */
const FREE = new Set(["details", "resourcedetails"]);

/** Where an answer differs from a recorded one. */
export interface ShapeDifference {
  /** Members from the root on, without the places in lists. */
  readonly path: string;
  readonly what: string;
  /** A member that is missing, or that the recording has not; else one of another type. */
  readonly isMember: boolean;
}

/** True for a member that may be there or not, by its path. */
type MayDiffer = (path: string) => boolean;

/**
 * Where an answer differs from a recorded one: a member too many or missing, or of another type. Each item of a list must be
 * like one of the recorded list: the one of which it differs least, what may differ not counted.
 */
export function differences(
  recorded: unknown,
  ours: unknown,
  mayDiffer: MayDiffer = () => false,
  path = "",
): readonly ShapeDifference[] {
  if (typeOf(recorded) !== typeOf(ours)) {
    return [{ path, what: `is ${typeOf(ours)}, recorded ${typeOf(recorded)}`, isMember: false }];
  }
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    if (recorded.length === 0 || ours.length === 0) return [];
    return ours.flatMap((item) => leastDifferent(recorded, item, mayDiffer, path));
  }
  if (!isObject(recorded) || !isObject(ours)) return [];
  const names = new Set([...Object.keys(recorded), ...Object.keys(ours)]);
  return [...names].flatMap((name) => {
    const at = path === "" ? name : `${path}.${name}`;
    if (!(name in ours)) return [{ path: at, what: "is missing", isMember: true }];
    if (!(name in recorded)) return [{ path: at, what: "is not recorded", isMember: true }];
    return FREE.has(name) ? [] : differences(recorded[name], ours[name], mayDiffer, at);
  });
}

function leastDifferent(
  recorded: readonly unknown[],
  item: unknown,
  mayDiffer: MayDiffer,
  path: string,
): readonly ShapeDifference[] {
  const all = recorded.map((like) => differences(like, item, mayDiffer, path));
  const weight = (found: readonly ShapeDifference[]): number =>
    found.filter((one) => !(one.isMember && mayDiffer(one.path))).length;
  return all.toSorted((a, b) => weight(a) - weight(b))[0] ?? [];
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? "list" : value === null ? "null" : typeof value;
}

/** True for an object with members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
