import { ContrailError } from "@contrail/errors";

/** Which entries of a long table a page of introspect shows. */
export interface PageRange {
  readonly offset: number;
  readonly limit: number;
}

const DEFAULT_LIMIT = 1_000;
const MOST = 10_000;

/**
 * The range that a query asks for: `?offset=2000&limit=1000`; the first 1,000 entries where it says nothing. Throws
 * "introspect.bad_request" naming the parameter.
 */
export function pageRange(query: Readonly<Record<string, string>>, most: number = MOST): PageRange {
  return {
    offset: whole("offset", query.offset ?? "0", 0, Number.MAX_SAFE_INTEGER),
    limit: whole("limit", query.limit ?? String(Math.min(DEFAULT_LIMIT, most)), 1, most),
  };
}

/** The entries of a table in a range. */
export function inRange<T>(entries: readonly T[], { offset, limit }: PageRange): readonly T[] {
  return entries.slice(offset, offset + limit);
}

function whole(name: string, text: string, least: number, most: number): number {
  const number = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new ContrailError("introspect.bad_request", `${name}: not a number from ${least} to ${most}`);
}
