import { ApiError, invalid } from "./api-error.ts";
import type { Values } from "./values.ts";

const MAX_PAGE_SIZE = 500;

/** Which items of a list are asked for: from inclusive, to exclusive; undefined for the default, the first 500. */
export interface Page {
  readonly from: number;
  readonly to: number;
}

/** Reads page and pagesize; throws ApiError 431 with CloudStack's texts. */
export function pageOf(values: Values): Page {
  const page = values.integer("page");
  const size = values.integer("pagesize");
  if (page !== undefined && size === undefined)
    throw new ApiError(431, '"pagesize" parameter is required when "page" is specified');
  if (page === undefined && size !== undefined && size !== -1)
    throw new ApiError(431, '"page" parameter is required when "pagesize" is specified');
  if (size === -1) {
    if (page !== undefined) throw invalid("Can't specify page parameter when pagesize is -1 (Unlimited)");
    return { from: 0, to: Number.POSITIVE_INFINITY };
  }
  if (size === undefined || page === undefined) return { from: 0, to: MAX_PAGE_SIZE };
  if (size > MAX_PAGE_SIZE) throw invalid(`Page size can't exceed max allowed page size value: ${MAX_PAGE_SIZE}`);
  const from = Math.max(0, page - 1) * size;
  return { from, to: from + Math.max(0, size) };
}
