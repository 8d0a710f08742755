import { type JsonObject, type JsonValue, record, stringifyJson } from "@contrail/schema";

/** Rules that are compared with a later one, for each pair of addresses. */
const COMPARED = 64;

/**
 * Rules of an ACL so far. One that an earlier rule with the same actions covers whole never matches anything that the
 * earlier one did not match before: it is left out (Contrail's collapsing of subset rules).
 */
export class RuleCover {
  readonly #rules = new Map<string, JsonObject[]>();

  /** True where an earlier rule covers this one; otherwise it is noted. */
  covers(rule: JsonObject): boolean {
    const match = record(rule.match_condition);
    const actions = stringifyJson(rule.action_list ?? null);
    for (const source of wider(record(match.src_address))) {
      for (const destination of wider(record(match.dst_address))) {
        const earlier = this.#rules.get(`${source} ${destination} ${actions}`) ?? [];
        if (earlier.some((other) => isWithin(match, other))) return true;
      }
    }
    const [source, destination] = [stringifyJson(match.src_address ?? null), stringifyJson(match.dst_address ?? null)];
    const key = `${source} ${destination} ${actions}`;
    const known = this.#rules.get(key) ?? [];
    if (known.length < COMPARED) this.#rules.set(key, [...known, match]);
    return false;
  }
}

/** An address and those that hold all of it, as keys: the whole network, and any. */
function wider(address: JsonObject): string[] {
  const { virtual_network } = address;
  const whole = virtual_network === undefined ? [] : [stringifyJson({ virtual_network })];
  return [...new Set([stringifyJson(address), ...whole, stringifyJson({ virtual_network: "any" })])];
}

function isWithin(inner: JsonObject, outer: JsonObject): boolean {
  const sameOrAll = (key: string, all: JsonValue | undefined): boolean =>
    outer[key] === all || outer[key] === inner[key];
  return (
    sameOrAll("protocol", "any") &&
    sameOrAll("ethertype", undefined) &&
    holds(record(outer.src_port), record(inner.src_port)) &&
    holds(record(outer.dst_port), record(inner.dst_port))
  );
}

function holds(outer: JsonObject, inner: JsonObject): boolean {
  if (outer.start_port === -1) return true;
  if (inner.start_port === -1) return false;
  return Number(outer.start_port) <= Number(inner.start_port) && Number(inner.end_port) <= Number(outer.end_port);
}
