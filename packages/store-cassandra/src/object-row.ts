import { ContrailError } from "@contrail/errors";
import type { ConfigObject } from "@contrail/schema";
import type { Verdict } from "./conditional.ts";
import { decodeBody, encodeBody } from "./object-body.ts";
import { partOf } from "./parts.ts";
import { long, type Parameter, type Row, text } from "./session.ts";

/**
 * Guards before the present one that a row remembers: the first that it ever had, and the last ones. A writer whose answer
 * is lost looks after seconds; meanwhile others change the row by one conditional write after the other, some 20 ms each.
 * 13 bytes a guard.
 */
const REMEMBERED_GUARDS = 128;

/** live; removing: a removal asks whether somebody refers to it; gone: a tombstone. */
export type ObjectState = "live" | "removing" | "gone";

/** What a row of table object is about, without the object itself. */
export interface RowState {
  readonly uuid: string;
  /** Nonce of the write that made the row what it is; the condition of the next one. */
  readonly guard: string;
  /** Guards before it, the oldest first: the one that the row was made with, and the last. */
  readonly earlier: readonly string[];
  readonly state: ObjectState;
  readonly revision: bigint;
  /** By uuid that is referred to: nonce of the row of table referrer that says so. */
  readonly links: Readonly<Record<string, string>>;
  /** Nonce of the claim of its name. */
  readonly nameClaim: string | undefined;
}

/** The state of a row that was read. */
export function stateOf(uuid: string, row: Row): RowState {
  const links = text(row, "links");
  return {
    uuid,
    guard: text(row, "guard") ?? "",
    earlier: (text(row, "earlier") ?? "").split(",").filter((item) => item !== ""),
    state: (text(row, "state") ?? "gone") as ObjectState, // Written by us only.
    revision: long(row, "revision"),
    links: links === undefined ? {} : (JSON.parse(links) as Record<string, string>), // Written by columns().
    nameClaim: text(row, "name_claim"),
  };
}

/** True where the object of a row is there for readers. */
export function isThere(state: RowState | undefined): state is RowState {
  return state !== undefined && state.state !== "gone";
}

/** The object of a row that is there; undefined where it is not the one that the rest of the row is about. */
export function objectOf(state: RowState, row: Row): ConfigObject | undefined {
  const body = text(row, "body");
  const object = body === undefined ? undefined : decodeBody(state.uuid, body);
  return object?.revision === state.revision ? object : undefined;
}

/** The guards that the next row remembers. */
export function history(before: RowState | undefined): string {
  if (before === undefined) return "";
  const [first, ...others] = [...before.earlier, before.guard];
  return [first, ...others.slice(1 - REMEMBERED_GUARDS)].join(",");
}

/** Parameters of insertObject and, with the guard that is expected after them, of updateObject. */
export function columns(next: {
  readonly object: ConfigObject;
  readonly guard: string;
  readonly before: RowState | undefined;
  readonly links: Readonly<Record<string, string>>;
  readonly nameClaim: string;
}): Parameter[] {
  const { object } = next;
  return [
    ...[next.guard, history(next.before), "live", object.revision],
    ...[JSON.stringify(next.links), next.nameClaim, encodeBody(object)],
    ...[partOf(object.uuid), object.uuid],
  ];
}

/** Parameters of updateObject that leave a tombstone. */
export function buried(before: RowState, guard: string, revision: bigint): Parameter[] {
  const { uuid } = before;
  return [guard, history(before), "gone", revision, null, null, null, partOf(uuid), uuid, before.guard];
}

/** What became of the write of a guard that expected another one, as the row tells it that was read after. */
export function judge(found: RowState | undefined, expected: string | undefined, guard: string): Verdict {
  if (found === undefined) return expected === undefined ? "unchanged" : "other";
  const guards = [...found.earlier, found.guard];
  if (guards.includes(guard)) return "mine";
  if (found.guard === expected) return "unchanged";
  // A row is made once, and its first guard stays: it is not this one.
  if (expected === undefined) return "other";
  // Between the first and the others some may have been forgotten.
  const known = guards.length > REMEMBERED_GUARDS ? guards.slice(1) : guards;
  if (known.includes(expected)) return "other";
  const message = `${found.uuid} was changed so often that it is not known whether a write is among the changes`;
  throw new ContrailError("store.unavailable", message, { fields: { unknown: true } });
}
