import { UsageError } from "@contrail/testkit/program";

/** The items of an option that may be given again, in the order of all that there are. Throws for one that is none of them. */
export function chosen<T extends string>(
  name: string,
  all: readonly T[],
  given: readonly string[] = all,
): readonly T[] {
  const wrong = given.find((item) => !all.some((known) => known === item));
  if (wrong !== undefined) throw new UsageError(`${name} is one of ${all.join(", ")}, not ${wrong}`);
  return all.filter((item) => given.includes(item));
}

/** The whole number that an option is given. Throws where it is none, or out of bounds. */
export function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${name} is a whole number from ${least} to ${most}, not ${text}`);
}
